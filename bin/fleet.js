#!/usr/bin/env node
// The only JavaScript file: it turns on node's compile cache, which also keeps the types stripped, so that
// every start but the first takes about as long as an empty program.
import { enableCompileCache } from "node:module";

if (!process.env.NODE_DISABLE_COMPILE_CACHE) enableCompileCache();
// Whoever reads the output may have seen enough (`fleet explain ... | head`): that is the end of the run, no fault.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
const { main } = await import("../src/cli/main.ts");
process.exitCode = await main(process.argv.slice(2));
