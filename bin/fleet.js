#!/usr/bin/env node
// The only JavaScript file: it turns on node's compile cache, which also keeps the types stripped, so that
// every start but the first takes about as long as an empty program.
import { enableCompileCache } from "node:module";

if (!process.env.NODE_DISABLE_COMPILE_CACHE) enableCompileCache();
const { main } = await import("../src/cli/main.ts");
process.exitCode = await main(process.argv.slice(2));
