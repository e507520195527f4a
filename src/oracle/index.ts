export { findAlloy, type Answer, type RealAlloy } from "./alloy.ts";
