/** Loaded before a program with --import: prints the most memory that it had, in KiB, when it ends. */
process.on("exit", () => process.stderr.write(`peak memory: ${process.resourceUsage().maxRSS}\n`));
