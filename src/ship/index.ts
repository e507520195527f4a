export { parseEntries } from "./journal/entries.ts";
export { readJournal, writeJournal } from "./journal/directory.ts";
export type { RawEntry } from "./journal/entry.ts";
export { predictCorpus, type CorpusPredictions } from "./proof/predictions.ts";
export { proveShipping, type Proof, type ProofOptions } from "./proof/prove.ts";
export { runRealAlloy, type RealAlloyOptions } from "./real-alloy.ts";
export { runRealPromtail, type RealPromtailOptions } from "./real-promtail.ts";
export type { AgentReport } from "./agent.ts";
export { ship, type ShipOptions, type ShipReport } from "./ship.ts";
