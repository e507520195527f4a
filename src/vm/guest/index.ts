export { guestFiles, type GuestFile, type GuestParts } from "./files.ts";
export { frontFor, type Front } from "./front.ts";
export { installGuest, preparation } from "./install.ts";
export { storePrograms, type ShipperCommands, type StoreProgram } from "./programs.ts";
export { renderSystem, type RenderRequest } from "./render.ts";
export { decryptSecrets, type GuestSecrets, type SecretsRequest } from "./secrets.ts";
export type { RenderedSystem } from "./system.ts";
