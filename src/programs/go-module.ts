import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { error, FleetError } from "../diagnostics/index.ts";
import { start } from "../process/index.ts";
import { cacheDirectory } from "./cache.ts";
import type { GoModule, ProgramSpec } from "./catalogue.ts";
import { withLock } from "./lock.ts";
import { isExecutable, type ProgramOptions } from "./program.ts";

const MODULES = fileURLToPath(new URL("../../scripts/programs/", import.meta.url));
/** Milliseconds between two lines of progress. */
const PROGRESS = 15_000;

export interface GoBuild {
  /** The version that go.mod pins, without its `v`. */
  version: string;
  /** Directory of the Go module. */
  source: string;
  /** Where the program is, once built. */
  path: string;
}

/** What the build of a program from its Go module is called and where it lies; builds nothing. */
export async function goBuild(
  spec: ProgramSpec,
  goModule: GoModule,
  env: ProgramOptions["env"],
  modules: string = MODULES,
): Promise<GoBuild> {
  const source = join(modules, goModule.directory);
  const [mod, sum] = await Promise.all([
    readFile(join(source, "go.mod"), "utf8"),
    readFile(join(source, "go.sum"), "utf8"),
  ]);
  const key = createHash("sha256").update(mod).update("\0").update(sum).digest("hex").slice(0, 12);
  const required = mod.split(/\s+/);
  const version = required[required.indexOf(goModule.module) + 1]?.replace(/^v/, "") ?? "unknown";
  return {
    version,
    source,
    path: join(cacheDirectory(env), "programs", `${spec.name}-${version}-${key}`, spec.name),
  };
}

/**
 * Builds a program from its Go module into fleet's cache with the compiler `go`, unless it is there. One
 * build runs at a time; a build that was killed leaves nothing behind that a later one would trust.
 *
 * @throws FleetError `programs/build-failed` with the end of what go said.
 */
export async function buildGoModule(
  spec: ProgramSpec,
  goModule: GoModule,
  build: GoBuild,
  go: string,
  options: ProgramOptions,
): Promise<void> {
  const log = options.log ?? (() => undefined);
  const directory = dirname(build.path);
  const work = async (): Promise<void> => {
    if (isExecutable(build.path)) return;
    log(
      `building ${spec.name} ${build.version} from its Go module into ${directory} ` +
        `(once; about ${goModule.minutes} minutes on two cores)`,
    );
    // What a build that was killed left behind.
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const made = `${build.path}.${process.pid}.tmp`;
    try {
      await compile(spec, goModule, build, { go, made, log, options });
      await rename(made, build.path);
    } finally {
      await rm(made, { force: true });
    }
  };
  await withLock(`${directory}.lock`, work, {
    onWait: () => log(`waiting for another run that builds ${spec.name} ${build.version}`),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function compile(
  spec: ProgramSpec,
  goModule: GoModule,
  build: GoBuild,
  tools: { go: string; made: string; log: (line: string) => void; options: ProgramOptions },
): Promise<void> {
  const { go, made, log, options } = tools;
  const began = Date.now();
  let downloads = 0;
  let packages = 0;
  const tags = goModule.tags === undefined ? [] : ["-tags", goModule.tags.join(",")];
  const stamp =
    goModule.versionVariable === undefined ? "" : ` -X ${goModule.versionVariable}=v${build.version}`;
  const child = start(
    go,
    ["build", "-v", ...tags, "-ldflags", `-s -w${stamp}`, "-o", made, goModule.package],
    {
      cwd: build.source,
      env: { ...options.env, CGO_ENABLED: goModule.headers === undefined ? "0" : "1" },
      onLine(line) {
        if (line.startsWith("go: downloading")) downloads += 1;
        else if (/^[\w.~-]+(?:\/[\w.~-]+)*$/.test(line)) packages += 1;
      },
    },
  );
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    log(`  ${spec.name}: ${seconds} s, ${downloads} modules downloaded, ${packages} packages compiled`);
  }, PROGRESS);
  const stop = (): void => void child.stop();
  options.signal?.addEventListener("abort", stop);
  try {
    const exitCode = await child.ended;
    options.signal?.throwIfAborted();
    if (exitCode !== 0) throw failed(spec, build, child.recent().slice(-12).join("\n"));
  } finally {
    clearInterval(progress);
    options.signal?.removeEventListener("abort", stop);
  }
}

function failed(spec: ProgramSpec, build: GoBuild, why: string): FleetError {
  return new FleetError(
    error(
      "programs/build-failed",
      `${spec.name} ${build.version} could not be built from its Go module: ${why}`,
      {
        hint: spec.hint,
      },
    ),
  );
}
