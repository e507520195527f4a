import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Look } from "./looks.ts";

/** What strace is asked to write down: whatever names a file, lists a directory or opens a connection. */
export const STRACE_ARGUMENTS = [
  ...["-f", "-ff", "-qq", "-y", "--seccomp-bpf", "-e", "signal=none"],
  ...["-e", "trace=%file,?getdents,getdents64,connect"],
];

/** `name(arguments) = result ERROR`. */
const CALL = /^(\w+)\((.*)\)\s+= (-?\d+|\?)(?:<.*>)?(?: (E[A-Z]+))?/;
/** The first argument: a path, or a directory and a path below it; a longer string is written in full. */
const PATH = /^(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"/;
/** A descriptor and what it is of. */
const DESCRIPTOR = /^\d+<((?:[^>\\]|\\.)*)>/;

/** Calls that change what is there: what a program has written it does not depend on. */
const WRITING =
  /^(?:chmod|chown|fchmodat2?|fchownat|lchown|link|linkat|mkdir|mkdirat|mknod|mknodat|rename|renameat2?|rmdir|symlink|symlinkat|truncate|unlink|unlinkat|utime|utimensat|utimes)$/;
const OPENING = /^(?:open|openat|openat2|creat)$/;
/** Calls with a path that say nothing of what is there. */
const ASIDE = /^(?:statfs|chroot|mount|umount2|pivot_root|inotify_add_watch)$/;

/** What is no file of anybody's: the kernel's, and Nix's own records, which tell what its store has. */
const NOT_AN_INPUT =
  /^\/(?:proc|sys|dev)(?:\/|$)|^\/nix\/var\/nix\/(?:db|temproots|gcroots|gc|daemon-socket|builds|userpool)|^\/nix\/store(?:\/\.links.*)?$/;
const STORE_PATH = /^\/nix\/store\/[0-9a-z]{32}-[^/]+/;
/** Nix asks its records of what was fetched, which it does not for a source with a hash that is in its store. */
const FETCHED = "a source that is fetched without a hash";
/** Programs that Nix starts to fetch and unpack; what they look at is traced too. */
const HELPERS = ["git", "tar", "gzip", "bzip2", "xz", "unzip", "sh"];

/** What a traced evaluation did. */
export interface Traced {
  looks: Look[];
  /** The Nix files that were read, absolute. */
  nixFiles: string[];
}

/**
 * What a traced program and those that it started looked at, from the files that strace wrote, one for each thread.
 * Sound by being coarse: every path that a call names counts, but for those that the program itself had made.
 *
 * @param directory where strace wrote
 * @param cwd the directory that the program was started in
 * @param cache where Nix keeps what it fetched, absolute
 * @param asksAnew true when Nix was told to take nothing that is not locked from there: then the network tells
 */
export function readStrace(
  directory: string,
  { cwd, cache, asksAnew }: { cwd: string; cache: string; asksAnew: boolean },
): Traced {
  const reading = new Reading(directory, { cache, asksAnew });
  const threads = readdirSync(directory).sort((left, right) => threadOf(left) - threadOf(right));
  for (const [index, name] of threads.entries()) {
    // The first is the program itself; of the others it is not known where they were when they began.
    reading.thread(readFileSync(join(directory, name), "utf8"), index === 0 ? cwd : undefined);
  }
  return reading.done();
}

function threadOf(name: string): number {
  return Number(name.slice(name.lastIndexOf(".") + 1));
}

class Reading {
  readonly #ignored: string;
  readonly #cache: string;
  readonly #asksAnew: boolean;
  readonly #looks = new Map<string, Look>();
  readonly #nixFiles = new Set<string>();
  readonly #written = new Set<string>();
  readonly #made = new Set<string>();
  #programs = 0;

  constructor(ignored: string, { cache, asksAnew }: { cache: string; asksAnew: boolean }) {
    this.#ignored = ignored;
    this.#cache = cache;
    this.#asksAnew = asksAnew;
  }

  thread(text: string, cwd: string | undefined): void {
    let here = cwd;
    for (const line of text.split("\n")) {
      const [, call = "", args = "", , failure] = CALL.exec(line) ?? [];
      if (call === "" || ASIDE.test(call)) continue;
      const [, base, given = ""] = PATH.exec(args) ?? [];
      if (call === "connect") {
        if (/sa_family=AF_INET6?\b/.test(args)) this.#add("impure", "what the network answers");
      } else if (/^getdents/.test(call)) {
        this.#add("list", unescape(DESCRIPTOR.exec(args)?.[1] ?? "/"));
      } else if (given !== "") {
        if (base !== undefined && args.startsWith("AT_FDCWD")) here = unescape(base);
        const from = base === undefined ? here : unescape(base);
        if (from === undefined && !given.startsWith("/")) {
          this.#add("impure", `${given}, whose directory is not known`);
          continue;
        }
        const path = resolve(from ?? "/", unescape(given));
        if (call === "chdir") here = path;
        this.#call(call, path, args, failure === undefined);
      }
    }
  }

  done(): Traced {
    const temporary = `${tmpdir()}/`;
    for (const path of this.#written) {
      // It was an input, and is not any more what it was.
      if (this.#looks.has(`read ${path}`) && !path.startsWith(temporary)) {
        this.#add("impure", `${path}, which Nix has written`);
      }
    }
    const looks = [...this.#looks.values()].filter(
      ({ kind, subject }) => kind === "impure" || !(this.#written.has(subject) || this.#isMade(subject)),
    );
    return { looks, nixFiles: [...this.#nixFiles] };
  }

  #call(call: string, path: string, args: string, succeeded: boolean): void {
    if (call === "execve") {
      if (!succeeded) return;
      this.#programs += 1;
      if (this.#programs > 1 && !HELPERS.includes(basename(path))) this.#add("impure", `what ${path} does`);
    } else if (!succeeded) {
      this.#add("absent", path);
    } else if (WRITING.test(call) || (OPENING.test(call) && /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(args))) {
      this.#written.add(path);
      if (call.startsWith("mkdir")) this.#made.add(path);
    } else if (OPENING.test(call)) {
      if (path.endsWith(".nix")) this.#nixFiles.add(path);
      this.#add("read", path);
    } else {
      this.#add("exists", path);
    }
  }

  #add(kind: Look["kind"], subject: string): void {
    if (kind !== "impure") {
      if (NOT_AN_INPUT.test(subject) || subject.startsWith(this.#ignored)) return;
      if (subject.startsWith(`${this.#cache}/`)) {
        if (!this.#asksAnew && basename(subject).startsWith("fetcher-cache")) this.#add("impure", FETCHED);
        return;
      }
    }
    const stored = STORE_PATH.exec(subject)?.[0];
    const look: Look =
      stored === undefined || kind === "impure" ? { kind, subject } : { kind: "exists", subject: stored };
    this.#looks.set(`${look.kind} ${look.subject}`, look);
  }

  /** True below a directory that the program made itself. */
  #isMade(path: string): boolean {
    if (this.#made.size === 0) return false;
    for (let above = path; above !== dirname(above); above = dirname(above))
      if (this.#made.has(above)) return true;
    return false;
  }
}

/** The text that strace wrote with C's escapes. */
function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes: number[] = [];
  const simple: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12 };
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\") {
      bytes.push(...Buffer.from(text[at] ?? ""));
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
    const hexadecimal = /^x([0-9a-f]{2})/.exec(text.slice(at + 1, at + 4))?.[1];
    const next = text[at + 1] ?? "";
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (hexadecimal !== undefined) bytes.push(Number.parseInt(hexadecimal, 16));
    else bytes.push(simple[next] ?? next.charCodeAt(0));
    at += (octal ?? (hexadecimal === undefined ? next : `x${hexadecimal}`)).length;
  }
  return Buffer.from(bytes).toString("utf8");
}
