export { givenChannels, type GivenChannels } from "./channel.ts";
export { discover, type Discovery } from "./discovery.ts";
export { findLoki, type Outside } from "./loki.ts";
export { manifestText, type FoundLoki } from "./manifest-text.ts";
