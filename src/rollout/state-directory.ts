import { mkdirSync } from "node:fs";
import { readText, writeFileAtomically, confine } from "../repository/index.ts";

/** Where fleet keeps what it knows of a rollout, below the repository's root. */
export const STATE_DIRECTORY = ".fleet";

/** Absolute path of a file in the state directory, whether it is there or not. */
export function statePath(root: string, name: string): string {
  return confine(root, `${STATE_DIRECTORY}/${name}`);
}

/** Makes the state directory, which hides itself from git. */
export async function makeStateDirectory(root: string): Promise<void> {
  mkdirSync(confine(root, STATE_DIRECTORY), { recursive: true });
  const ignore = `${STATE_DIRECTORY}/.gitignore`;
  if ((await readText(root, ignore)) === undefined)
    await writeFileAtomically(
      confine(root, ignore),
      "# What fleet knows of a rollout is about this checkout alone.\n*\n",
    );
}
