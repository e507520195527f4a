import { CLUSTER_OPTIONS, CONNECTION_OPTIONS } from "./cluster/options.ts";
import type { CommandSpec } from "./command.ts";
import { ROLLOUT_OPTIONS, VERIFY_OPTIONS } from "./rollout/options.ts";

/** Every command, in the order in which help lists them: the order of a migration. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "init",
    summary: "write fleet.yaml for an existing repository",
    details:
      "Reads hosts (hosts/*/configuration.nix), their channels (a line such as nixos-26.05 in hosts/NAME/channel, or --channel), the " +
      "shared modules that they import and their sops files, and evaluates the shared Promtail module to learn where logs go. A host " +
      "whose imports only have a note that Promtail was dropped becomes the canary. Writes fleet.yaml and nothing else.",
    options: [
      {
        flags: "--channel <release...>",
        description: "NixOS release of hosts that do not say theirs: 26.05, or nas=26.05",
      },
      { flags: "--loki-url <url>", description: "push URL, instead of the one that the Promtail module has" },
      { flags: "--loki-username <name>", description: "user name for basic authentication, likewise" },
      { flags: "--force", description: "replace a fleet.yaml that is there" },
      { flags: "--dry-run", description: "print the manifest and write nothing" },
    ],
    examples: [
      ["init", "writes fleet.yaml and shows what it found"],
      ["init --dry-run", "prints what it would write"],
      ["init --channel 25.11 --channel nas=26.05", "for a repository that does not say its channels"],
    ],
    json: true,
    load: () => import("./commands/init.ts"),
  },
  {
    name: "generate",
    summary: "write the Alloy module, wire its hosts, and render clusters",
    details:
      "Evaluates the Promtail module that the manifest names, converts its configuration, and writes modules/alloy/default.nix, " +
      "modules/alloy/config.alloy, a test for it (config.test.yaml, which `fleet test` runs; only where the Promtail pipeline can be " +
      "predicted) and the import in the files of hosts with `ship: alloy`; and the manifests of every cluster, clusters/NAME; all " +
      "or nothing. Files that fleet did not write are left alone, as are secrets and system.stateVersion. With --check nothing is written: the diff is printed, and the " +
      "exit code is 1 when there is one.",
    options: [
      { flags: "--check", description: "write nothing; exit 1 with a diff when the tree is stale" },
      {
        flags: "--host <name...>",
        description: "wire only these hosts (default: all with `ship: alloy`), and render no cluster",
      },
      { flags: "--force", description: "overwrite files in the module's place that fleet did not write" },
    ],
    examples: [
      ["generate", "writes what is missing or stale"],
      ["generate --check", "for continuous integration: is what is committed what fleet would write?"],
      ["generate --host nas", "wires nas alone"],
    ],
    json: true,
    load: () => import("./commands/generate.ts"),
  },
  {
    name: "migrate",
    summary: "move the canary from Promtail to Alloy, proven step by step",
    details:
      "Generates the Alloy module from the Promtail module, validates it, compares it with the conversion, evaluates every host " +
      "with the change in a copy of the repository, ships a real journal through it into a real Loki, and runs the canary on a " +
      "virtual machine (as `fleet vm test journal-to-loki` does), asserting by LogQL what arrived. Only then is the change written, all files or none; a failing step leaves the tree as it was. For each step it " +
      "says which programs were real and which fleet embeds.",
    options: [
      { flags: "--canary <host>", description: "the host to move (default: the manifest's rollout.canary)" },
      {
        flags: "--try",
        description: "run in a fresh copy of the repository, and keep the copy for looking at",
      },
      { flags: "--dry-run", description: "prove everything, write nothing" },
      { flags: "--commit", description: "commit the change on a branch fleet/migrate-HOST" },
      { flags: "--entries <file>", description: "ship these journal entries too (journalctl -o json)" },
      { flags: "--no-vm", description: "leave out the virtual machine, which takes minutes" },
    ],
    examples: [
      ["migrate --canary nas --try", "see what it does, in a copy"],
      [
        "migrate --canary nas --commit",
        "do it, on a branch of its own, with a commit message and a pull-request text",
      ],
      ["migrate --canary nas --dry-run --json", "only the proofs, for a program"],
    ],
    json: true,
    load: () => import("./commands/migrate.ts"),
  },
  {
    name: "gate",
    summary: "evaluate every host, as a dry build would",
    details:
      "Evaluates each host on its own channel: through the nixpkgs that the channel names (or FLEET_NIXPKGS: a path, or " +
      "25.11=/path,26.05=/path), to the derivation of its system; else through the option surface that fleet embeds. Verdicts: " +
      "pass, fail, and unverified for a host that uses options outside the surface. Each finding names the line. Exit code 1 when a host " +
      "fails. With --changed a file below a host's directory touches that host; any other file of the repository (modules, " +
      "fleet.yaml, even a README) touches all hosts, as each may read it. A host that reads the directory of another is not " +
      "noticed, nor are files that git ignores: gate all hosts in continuous integration. The rules of fleet.yaml hold the change " +
      "to more: encrypted files, stateVersion, imports, options of the Alloy module; see docs/gate.md.",
    options: [
      { flags: "--host <name...>", description: "evaluate only these hosts" },
      { flags: "--changed", description: "evaluate only hosts that what is not committed touches" },
      { flags: "--staged", description: "evaluate what is staged for the next commit, not the work tree" },
      {
        flags: "--junit <file>",
        description: "write a JUnit report there too; - is stdout, without the table",
      },
      { flags: "--sarif <file>", description: "write a SARIF log there too, for code reviews; likewise" },
      {
        flags: "--ndjson",
        description: "print each host as a line of JSON as soon as it is judged, then a summary",
      },
      {
        flags: "--annotations <form>",
        description:
          "github: lines that a workflow shows beside the change (the default where GITHUB_ACTIONS is true); " +
          "gitlab: a code quality report on stdout, without the table",
        choices: ["github", "gitlab", "none"],
      },
      { flags: "--show-trace", description: "all of Nix's trace, not only the repository's own files" },
      {
        flags: "--base <revision>",
        description:
          "the change that --changed and the rules are about starts where HEAD left this (default: HEAD)",
      },
      {
        flags: "--engine <engine>",
        description: "nix-eval-jobs: let that evaluate the hosts of a nixpkgs",
        choices: ["nix", "nix-eval-jobs"],
      },
      {
        flags: "--nix-option <name=value...>",
        description: "an option of Nix's own, as in nix.conf: remote builders, stores, limits",
      },
      { flags: "--cold", description: "use no earlier verdict" },
      {
        flags: "--against <channel>",
        description: "say what another channel would change for each host, as upgrade-check does",
      },
    ],
    examples: [
      ["gate", "a table of all hosts, then what is wrong with each"],
      ["gate --host nas --json", "one host, for a program"],
      ["gate --junit gate.xml --sarif gate.sarif", "for continuous integration and its code review"],
      ["gate --staged --changed", "what the commit hook asks"],
      ["gate --base origin/main --annotations github", "a pull request, for continuous integration"],
    ],
    json: true,
    load: () => import("./commands/gate.ts"),
  },
  {
    name: "upgrade-check",
    summary: "list what another NixOS release would change for a host",
    details:
      "Evaluates the host on its own channel and, as it is, on the other one, and holds every option that its files define " +
      "against the options there. Lists each that is removed, takes other values (retyped), is renamed or warned about, with " +
      "the place where it is set and what to define in its place; what fails there for another reason; and as unverified what " +
      "the embedded option surface does not know. The channel is one of fleet.yaml or any release. Exit code 1 when the host " +
      "would break (removed, retyped, fails); renamed, warned and unverified alone are 0.",
    arguments: [
      { name: "<host>", description: "the host" },
      { name: "<channel>", description: "the channel to hold it against, such as 26.05" },
    ],
    options: [{ flags: "--cold", description: "use no earlier verdict" }],
    examples: [
      ["upgrade-check web 26.05", "what to mend before web moves to 26.05"],
      ["gate --against 26.05", "the same for every host"],
      ["upgrade-check web 26.05 --json", "for a program"],
    ],
    json: true,
    load: () => import("./commands/upgrade-check.ts"),
  },
  {
    name: "report",
    summary: "make one HTML file of a migration",
    details:
      "Gathers into one file that needs no network: the hosts and how far each has come (from the rollout's journal where there is " +
      "one), the pipeline as a picture, its parity with Promtail, the traces of entries to step through, the gate's verdicts, and " +
      "what was saved of virtual machines and of verification, with lines a minute by host. Built-in entries stand for a journal " +
      "unless --entries names some: what they say is then in the report, so give a redacted sample. Reads the repository and " +
      "writes the report alone; a part that cannot be had says why.",
    options: [
      { flags: "-o, --output <file>", description: "the report (default: fleet-report.html)" },
      { flags: "--vm <file>", description: "what `fleet vm test --json` printed" },
      { flags: "--verify <file>", description: "what `fleet verify --json` printed" },
      { flags: "--entries <file>", description: "journal entries to trace (journalctl -o json)" },
    ],
    examples: [
      ["report", "fleet-report.html, from what is here"],
      ["report --verify verify.json --vm vm.json -o migration.html", "with results that were saved"],
      ["report --entries samples/nas.jsonl", "with what a sample of nas becomes"],
    ],
    json: true,
    load: () => import("./commands/report.ts"),
  },
  {
    name: "graph",
    summary: "draw a pipeline as SVG, with how many entries pass where",
    details:
      "Draws the components of an Alloy configuration with their stages and rules, and what leads from one to another: full edges where " +
      "entries pass, dashed ones where a component uses what another exports. With --entries the same journal entries go " +
      "through the pipeline as `fleet explain` has them, and each edge and stage says how many came by and how many it dropped. The " +
      "picture follows the reader's light or dark setting. Exits 1 for a faulty configuration or malformed entries.",
    options: [
      { flags: "--config <path>", description: "the configuration; a directory stands for all its *.alloy" },
      { flags: "--entries <file>", description: "journal entries as JSON, one a line or one array" },
      { flags: "-o, --output <file>", description: "write the picture there in place of stdout" },
    ],
    examples: [
      ["graph --config modules/alloy/config.alloy -o pipeline.svg", "the pipeline"],
      [
        "graph --config config.alloy --entries samples/nas.jsonl -o nas.svg",
        "with what a sample of nas does in it",
      ],
    ],
    json: true,
    load: () => import("./commands/graph.ts"),
  },
  {
    name: "verify",
    summary: "check in the fleet's Loki what a host ships",
    details:
      "Asks Loki by LogQL whether it holds of a host what the host's own config.alloy promises: the journal with its labels, " +
      "kernel and audit lines under their transport, logins without numbers, core dumps in their form, and nothing of what each " +
      "drop stage is for. By ssh it logs one marked line for each drop and a control line, and reads the journal back, so that " +
      "nothing found is not mistaken for dropped. The credential for asking is --token-file or LOKI_BEARER_TOKEN, else --password-file, the " +
      "manifest's variable, or the host's sops file. Each check holds, fails, or was not seen for want of such lines. Exit code 1 " +
      "when one fails, 2 when Loki or the host cannot be asked. docs/verify.md has each check.",
    arguments: [{ name: "[host]", description: "the host (default: the manifest's rollout.canary)" }],
    options: [
      { flags: "--all", description: "every host that ships with Alloy, one after the other" },
      { flags: "--since <duration>", description: "how far to look back (default: 15m)" },
      {
        flags: "--baseline <duration>",
        description: "compare the rate with the same hours so long ago, such as 1d",
      },
      { flags: "--loki <url>", description: "ask there (default: the Loki of fleet.yaml)" },
      { flags: "--username <name>", description: "ask as this user (default: loki.username)" },
      { flags: "--password-file <file>", description: "the password is in this file" },
      { flags: "--token-file <file>", description: "a bearer token is in this file" },
      { flags: "--tenant <name>", description: "ask for this tenant (X-Scope-OrgID)" },
      { flags: "--ca <file>", description: "certificates (PEM) to trust in place of the system's" },
      { flags: "--timeout <duration>", description: "what one query may take (default: 10s)" },
      {
        flags: "--marker <how>",
        description: "marked lines: logged by ssh (default), printed for you to log, or none",
        choices: ["ssh", "print", "none"],
      },
      { flags: "--ssh <target>", description: "connect to this host, or user@host, instead" },
      { flags: "--config <file>", description: "what the host runs (default: modules/alloy/config.alloy)" },
      { flags: "--watch", description: "look again until all holds, for rollout.verify.within at most" },
      { flags: "--within <duration>", description: "look again until all holds, for so long at most" },
      { flags: "--max-values <count>", description: "values that a label may have (default: 200)" },
      {
        flags: "--junit <file>",
        description: "write a JUnit report there too; - is stdout, without the table",
      },
    ],
    examples: [
      ["verify nas", "a table: check, expected, seen"],
      ["verify nas --watch --baseline 1d", "after a deploy, until all holds"],
      ["verify --all --marker none --json", "asks Loki alone, for a program"],
    ],
    json: true,
    load: () => import("./commands/verify.ts"),
  },
  {
    name: "rollout",
    summary: "move the canary and then the other hosts, wave by wave",
    details:
      "Deploys and verifies the canary that `fleet migrate` made ready; once that has been verified for rollout.verify.soak, takes " +
      "the waves of fleet.yaml in order: makes the change of the wave's hosts, evaluates every host with it, commits it on the branch " +
      "that is checked out, deploys each host with rollout.deploy, and verifies it in Loki as `fleet verify` does. The first failure " +
      "stops the wave: the host is rolled back and its import taken out again. After the last wave the Promtail module is removed. " +
      "The plan is shown and asked for first. Each step is recorded in .fleet/rollout.ndjson before and after it, so that a run " +
      "that was killed goes on with --resume. Exit code 1 when a host fails or the canary is not ready, 2 when it could not run. docs/rollout.md has it all.",
    options: [
      { flags: "--wave <number>", description: "only this wave; 0 is the canary" },
      { flags: "--resume", description: "go on where an earlier run was killed or failed" },
      {
        flags: "--through <step>",
        description: "stop after this step (default: verify)",
        choices: ["generate", "gate", "commit", "deploy", "verify"],
      },
      { flags: "--dry-run", description: "show the plan and the first wave's change, and do nothing" },
      ...ROLLOUT_OPTIONS,
      ...VERIFY_OPTIONS,
    ],
    examples: [
      ["rollout --dry-run", "what would be done, and the diff"],
      ["rollout", "the next thing: the canary, or after its soak time the waves; asks first"],
      ["rollout --resume --yes", "go on after a kill or a failure, unasked"],
    ],
    json: true,
    load: () => import("./commands/rollout.ts"),
  },
  {
    name: "status",
    summary: "show each host's stage, and what to run next",
    details:
      "Reads the journal of the rollout (.fleet/rollout.ndjson) and fleet.yaml, and nothing else: the stage of each host " +
      "(promtail, generated, gated, tested, committed, deployed, verified, failed, rolled back) and since when, who works on the " +
      "repository now, hosts of the journal that the manifest does not have any more, and the next command.",
    examples: [
      ["status", "a table, and what to run next"],
      ["status --json", "the same for a program"],
    ],
    json: true,
    load: () => import("./commands/status.ts"),
  },
  {
    name: "rollback",
    summary: "take a host back to what it ran before its deployment",
    details:
      "Brings back the generation that the host had before `fleet rollout` deployed it, and commits what takes its import out of the tree " +
      "again. Asks first. A file that was changed since is left alone, and said.",
    arguments: [{ name: "<host>", description: "the host" }],
    options: ROLLOUT_OPTIONS,
    examples: [
      ["rollback web", "asks, and takes web back"],
      ["rollback web --yes --json", "for a program"],
    ],
    json: true,
    load: () => import("./commands/rollback.ts"),
  },
  {
    name: "cluster render",
    summary: "print the Kubernetes manifests of a cluster",
    details:
      "Composes config.alloy of the cluster's modules and prints the objects around it: Namespace, service account, role, " +
      "ConfigMap, DaemonSet, Service, ServiceMonitors, and where remotes need passwords an ExternalSecret; with `output: " +
      "helm-argocd` an ArgoCD Application of the grafana/alloy chart. Says on stderr which module is in and why, and which " +
      "passwords have to be in Vault. The cluster is one of fleet.yaml; where there are none, it has the modules that are always " +
      "on. Remotes given here are all that there are: those of fleet.yaml are left out then. No password is printed, as none is known.",
    arguments: [{ name: "[cluster]", description: "the cluster (default: the only one of fleet.yaml)" }],
    options: [
      ...CLUSTER_OPTIONS,
      { flags: "-o, --output <dir>", description: "write the files there in place of stdout" },
      { flags: "--config", description: "print config.alloy alone" },
    ],
    examples: [
      ["cluster render vm-cluster", "manifests on stdout, reasons on stderr"],
      ["cluster render vm-cluster --config | fleet validate -", "the configuration alone"],
      [
        "cluster render --cluster-name=vm-cluster --add-loki-remote=l:http://loki:3100/loki/api/v1/push:me",
        "all of it from the command line",
      ],
    ],
    json: true,
    load: () => import("./commands/cluster-render.ts"),
  },
  {
    name: "cluster diff",
    summary: "compare a cluster's manifests with what is there",
    details:
      "Compares object by object what would be rendered with what `fleet generate` wrote into the repository, or with the YAML files " +
      "of a directory, or with what is applied (--live): what is new, what changes, what is gone. For --live the API server is asked " +
      "what applying would do, as a dry run: its own defaults are no difference, what somebody edited by hand is. Prints a unified " +
      "diff; exits 1 when there is one.",
    arguments: [{ name: "[cluster]", description: "the cluster (default: the only one of fleet.yaml)" }],
    options: [
      ...CLUSTER_OPTIONS,
      { flags: "--against <path>", description: "a directory of YAML files, or one file, to compare with" },
      { flags: "--live", description: "compare with what the API server has" },
      ...CONNECTION_OPTIONS,
    ],
    examples: [
      ["cluster diff vm-cluster", "what is generated against what the manifest asks for"],
      ["cluster diff vm-cluster --live", "what is applied against it"],
      [
        "cluster diff vm-cluster --add-loki-remote=l:http://loki:3100/loki/api/v1/push:me",
        "what would be gone when this were all",
      ],
    ],
    json: true,
    load: () => import("./commands/cluster-diff.ts"),
  },
  {
    name: "cluster apply",
    summary: "apply a cluster's objects, and wait until they are ready",
    details:
      "First looks for what would stop it: kinds that the API server lacks, fields that somebody else owns, a namespace that is " +
      "being deleted, a ClusterSecretStore that is not ready, passwords that are not in Vault (asked where VAULT_TOKEN is set), remotes " +
      "that do not answer this machine. Nothing is applied then. Else prints the difference, applies by server-side apply, deletes " +
      "what an earlier apply made and is no longer wanted, and waits. Exit code 1 when something stands in the way or does not become " +
      "ready, 2 when the API server cannot be reached or goes away; it says then what is applied and what is not, and can be run again.",
    arguments: [{ name: "[cluster]", description: "the cluster (default: the only one of fleet.yaml)" }],
    options: [
      ...CLUSTER_OPTIONS,
      ...CONNECTION_OPTIONS,
      { flags: "--force-conflicts", description: "take over fields that another field manager owns" },
      { flags: "--no-wait", description: "do not wait until it is ready" },
      { flags: "--timeout <duration>", description: "how long to wait (default: 3m)" },
    ],
    examples: [
      ["cluster apply vm-cluster", "what fleet.yaml says of it"],
      [
        "cluster apply --cluster-name=vm-cluster --add-loki-remote=l:http://loki:3100/loki/api/v1/push:me",
        "all of it from the command line; remotes that are not named are gone afterwards",
      ],
      ["cluster apply vm-cluster --context staging --force-conflicts", "undoes what was edited by hand"],
    ],
    json: true,
    load: () => import("./commands/cluster-apply.ts"),
  },
  {
    name: "cluster verify",
    summary: "ask Prometheus and Loki whether every module's data arrives",
    details:
      "Asks each query of the modules that are in and says which returned data. Asks the cluster's first Prometheus and Loki remote " +
      "(by name), with their user names and the passwords that Alloy would have, from the environment: LOKI_PASSWORD_PRIMARY. Exit " +
      "code 1 when a query finds nothing that should.",
    arguments: [{ name: "[cluster]", description: "the cluster (default: the only one of fleet.yaml)" }],
    options: [
      ...CLUSTER_OPTIONS,
      { flags: "--prometheus <url>", description: "ask this Prometheus instead" },
      { flags: "--loki <url>", description: "ask this Loki instead" },
      { flags: "--since <duration>", description: "how far back logs are looked for (default: 1h)" },
    ],
    examples: [
      ["cluster verify vm-cluster", "asks the remotes of fleet.yaml"],
      [
        "cluster verify vm-cluster --prometheus http://127.0.0.1:9090 --loki http://127.0.0.1:3100",
        "asks the local stack",
      ],
    ],
    json: true,
    load: () => import("./commands/cluster-verify.ts"),
  },
  {
    name: "cluster uninstall",
    summary: "delete everything that was applied for a cluster",
    details:
      "Deletes what carries the cluster's label and was applied by fleet, and waits until it is gone. The namespace goes too, unless " +
      "there is in it what fleet did not make. What is in Vault, and what the remotes have, stays.",
    arguments: [{ name: "[cluster]", description: "the cluster (default: the only one of fleet.yaml)" }],
    options: [
      { flags: "--cluster-name <name>", description: "the cluster, instead of the argument" },
      ...CONNECTION_OPTIONS,
      { flags: "--timeout <duration>", description: "how long to wait until it is gone (default: 3m)" },
    ],
    examples: [["cluster uninstall vm-cluster", "deletes it and waits"]],
    json: true,
    load: () => import("./commands/cluster-uninstall.ts"),
  },
  {
    name: "dev up",
    summary: "start Vault, Prometheus, Loki and Grafana on this machine",
    details:
      "A local stack to send a cluster's metrics and logs to: Vault in development mode with a password for each remote of each " +
      "cluster of fleet.yaml, Prometheus that takes remote writes, Loki, and Grafana with both as data sources and a dashboard. As " +
      "containers where an engine with compose answers, else as processes of programs that are found, built or installed; Grafana is " +
      "left out, which it says, where it cannot be had. Everything listens on 127.0.0.1 alone and runs until `fleet dev down`. May be " +
      "run again: what runs is left alone, what does not is started.",
    options: [
      ...CLUSTER_OPTIONS,
      {
        flags: "--port <name=port>",
        description: "another port, such as vault=18200; repeatable",
        repeatable: true,
      },
      {
        flags: "--with <way>",
        description: "containers or processes (default: containers where there is an engine)",
        choices: ["compose", "processes"],
      },
    ],
    examples: [
      ["dev up", "the stack, with passwords for the clusters of fleet.yaml"],
      ["dev up --port prometheus=19090 --with processes", "beside a Prometheus that has the usual port"],
    ],
    json: true,
    load: () => import("./commands/dev-up.ts"),
  },
  {
    name: "dev status",
    summary: "show what of the local stack runs",
    details: "Exit code 1 when nothing does.",
    examples: [["dev status", "names, addresses and processes"]],
    json: true,
    load: () => import("./commands/dev-status.ts"),
  },
  {
    name: "dev down",
    summary: "end the local stack and remove its data",
    details:
      "Ends what `fleet dev up` started, also what a run that was killed left, and removes everything that it kept.",
    examples: [["dev down", "nothing is left"]],
    json: true,
    load: () => import("./commands/dev-down.ts"),
  },
  {
    name: "hooks install",
    summary: "put the gate before every commit",
    details:
      "Writes a pre-commit hook where git looks for it (core.hooksPath and linked work trees are honoured). It evaluates what is " +
      "staged, not the work tree, and only the hosts that this touches: `fleet gate --staged --changed`. A hook that fleet did not " +
      "write is left alone; with --force it is kept as pre-commit.before-fleet and runs first. Installing again changes nothing.",
    options: [
      { flags: "--force", description: "run a hook that is there first, instead of refusing" },
      { flags: "--uninstall", description: "remove the hook; one that it ran first is put back" },
    ],
    examples: [
      ["hooks install", "from now on a commit that breaks a host is refused"],
      ["hooks install --uninstall", "as it was before"],
    ],
    json: true,
    load: () => import("./commands/hooks-install.ts"),
  },
  {
    name: "secrets check",
    summary: "check each host's encrypted file without decrypting it",
    details:
      "For each host: is its sops file there and encrypted throughout, does it hold the secret that the Alloy module needs, " +
      "and can the host's key read it? Prints the command that mends each finding and changes nothing. A missing secret is an " +
      "error for hosts that ship with Alloy, a warning for the others.",
    examples: [
      ["secrets check", "a table, and what to do"],
      ["secrets check --json", "the same for a program"],
    ],
    json: true,
    load: () => import("./commands/secrets-check.ts"),
  },
  {
    name: "fmt",
    summary: "print Alloy files in their canonical form",
    details:
      "Prints byte for byte what `alloy fmt` of Alloy 1.18 prints. Without a file, or for -, it reads standard input. With --test it " +
      "prints nothing and exits 1 when a file would change. A file with errors is reported, exits 1, and nothing is written.",
    arguments: [{ name: "[files...]", description: "the files; - is standard input" }],
    options: [
      { flags: "-t, --test", description: "only say whether a file would change" },
      { flags: "-w, --write", description: "write the files back in place of printing them" },
    ],
    examples: [
      ["fmt config.alloy", "the canonical form on stdout"],
      ["fmt -w modules/alloy/config.alloy", "in place; the old file or the new one, never half of it"],
      ["fmt -t *.alloy", "for a commit hook"],
    ],
    json: true,
    load: () => import("./commands/fmt.ts"),
  },
  {
    name: "validate",
    summary: "check Alloy configurations, also what only alloy run would find",
    details:
      "Finds what `alloy validate` finds (unknown names, missing and wrong arguments, references, cycles), what it lets through and " +
      "`alloy run` then refuses (regexes, selectors, JMESPath, arguments that exclude each other), and warns of what nobody means. " +
      "Each argument is one configuration; a directory stands for all its *.alloy. With --fix it first makes the mends that are " +
      "beyond doubt and says so; the rest of each file stays byte for byte, and nothing is written when a file has syntax errors. " +
      "Exits 1 for errors that are left, 0 for warnings alone. docs/errors.md explains the codes.",
    arguments: [{ name: "<paths...>", description: "files or directories; - is standard input" }],
    options: [
      {
        flags: "--alloy-version <version>",
        description:
          "the Alloy it is for (default: the one that all channels of fleet.yaml have, else 1.18.1)",
      },
      { flags: "--fix", description: "make the mends that are beyond doubt" },
    ],
    examples: [
      ["validate modules/alloy/config.alloy", "errors and warnings with their places"],
      ["validate --fix config.alloy", "mend dead journal labels, zero durations and the like"],
      ["validate --alloy-version 1.10 config.alloy", "also what that release does not know yet"],
      ["validate --json modules/alloy", "a directory, as one document"],
    ],
    json: true,
    load: () => import("./commands/validate.ts"),
  },
  {
    name: "convert",
    summary: "convert a promtail configuration to Alloy",
    details:
      "Prints what `alloy convert --source-format=promtail` of Alloy 1.18 prints, and on stderr each thing that this text loses " +
      "or changes, with what would keep it. With --faithful it prints the text that keeps it. Reads YAML or JSON; - is stdin. " +
      "Exits 1, and prints no text, when promtail or the converter would refuse the configuration.",
    arguments: [{ name: "<promtail>", description: "the promtail configuration" }],
    options: [
      { flags: "-o, --output <file>", description: "write the text there in place of stdout" },
      { flags: "--report <file>", description: "write the diagnostics there too" },
      { flags: "--faithful", description: "do what promtail does where the converter's text would not" },
      {
        flags: "--password-env <name>",
        description: "take the password from this environment variable, not a file",
      },
      { flags: "--alloy-version <version>", description: "the Alloy that reads the text (default: 1.18.1)" },
    ],
    examples: [
      ["convert promtail.yaml", "the text of alloy convert, and what it loses"],
      [
        "convert promtail.yaml --faithful --password-env LOKI_PASSWORD -o config.alloy",
        "a file to start from",
      ],
    ],
    json: true,
    load: () => import("./commands/convert.ts"),
  },
  {
    name: "explain",
    summary: "show what an Alloy log pipeline does to entries, offline",
    details:
      "Runs entries through the pipelines of a configuration as Alloy 1.18 does: what is sent, with which labels, time and line, and " +
      "what is dropped, where and why. Entries are what `journalctl -o json` prints; every loki.source.journal gets them, whatever its " +
      "path. With --files every loki.source.file finds its files under ROOT. Exits 1 for a faulty configuration or malformed entries.",
    arguments: [{ name: "[entries]", description: "- reads entries from standard input" }],
    options: [
      { flags: "--config <path>", description: "the configuration; a directory stands for all its *.alloy" },
      { flags: "--entries <file>", description: "journal entries as JSON, one a line or one array" },
      { flags: "--journal <dir>", description: "a directory of journal files" },
      { flags: "--files <root>", description: "a directory that stands for the machine's /" },
      { flags: "--stages", description: "show what each stage changed" },
      {
        flags: "--now <time>",
        description:
          "the present, RFC 3339 or seconds since 1970 (default: the newest entry); with it max_age counts",
      },
      { flags: "--alloy-version <version>", description: "the Alloy to be exact about (default: 1.18.1)" },
    ],
    examples: [
      ["explain --config modules/alloy/config.alloy --entries entries.json", "each entry's fate"],
      ["explain --config config.alloy --entries one.json --stages", "stage by stage"],
      ["explain --config pods.alloy --files test/root --json", "one JSON object an outcome"],
    ],
    json: true,
    load: () => import("./commands/explain.ts"),
  },
  {
    name: "test",
    summary: "run the unit tests of pipelines",
    details:
      "Runs test files (*.test.yaml, *_test.yaml; the shape of Alloy's own pipeline tests, and more): entries in, and what must be " +
      "sent and dropped. Paths are files or directories; without one, tests/ and the modules of the repository. With --update the " +
      "exact values that a failing test expects are rewritten as they came, comments kept. Exits 1 when a test fails, 2 when there " +
      "is none. The format is in docs/pipeline-tests.md.",
    arguments: [{ name: "[paths...]", description: "test files, or directories that hold some" }],
    options: [
      { flags: "--junit <file>", description: "write a JUnit report there too" },
      { flags: "--watch", description: "run again when a test or a file that it names changes; Ctrl-C ends" },
      { flags: "--update", description: "rewrite expected values that are exact and do not hold" },
    ],
    examples: [
      ["test", "all tests of the repository"],
      ["test tests/journal.test.yaml --watch", "one, while you work on its pipeline"],
      ["test --junit report.xml", "for continuous integration"],
    ],
    json: true,
    load: () => import("./commands/test.ts"),
  },
  {
    name: "parity",
    summary: "compare an Alloy configuration with the promtail configuration it replaces",
    details:
      "Component by component: sources, relabelling, pipeline, writers. Components belong together by what they are for, so labels " +
      "may differ; the spelling of durations and sizes, written defaults and the order of attributes do not count. Only the named " +
      "differences pass: credential (the secret comes from elsewhere) and positions (promtail's cursor). With --entries the same " +
      "journal entries go through a model of promtail and one of Alloy: what comes out is compared by lines, labels, times, structured " +
      "metadata and drops, and for what differs the first differing stage is named, with both traces; only what the two programs do " +
      "differently whatever the configuration passes. With --with alloy a real alloy on PATH converts and formats too. With --with promtail,alloy,loki " +
      "a real Promtail and a real Alloy (fleet's embedded shipper where there is none) read one real journal and push to one real Loki; what " +
      "arrived is compared with each other and with both models: streams, lines, times, structured metadata. The journal is --journal, " +
      "or written from --entries as if they were new, or from fleet's built-in entries. docs/parity.md says more.",
    options: [
      { flags: "--promtail <file>", description: "the promtail configuration, YAML or JSON" },
      { flags: "--alloy <file>", description: "the Alloy configuration" },
      {
        flags: "--entries <file>",
        description: "journal entries (`journalctl -o json`) to compare behaviour on",
      },
      { flags: "--journal <dir>", description: "the same from a directory of journal files" },
      {
        flags: "--with <programs>",
        description: "ask the real programs too: promtail, alloy, loki, with commas between them",
      },
      { flags: "--junit <file>", description: "write a JUnit report there too" },
      { flags: "--alloy-version <version>", description: "the Alloy that reads the text (default: 1.18.1)" },
    ],
    examples: [
      [
        "parity --promtail promtail.yaml --alloy modules/alloy/config.alloy",
        "a table, and the first differing stage",
      ],
      [
        "parity --promtail promtail.yaml --alloy config.alloy --entries journal.json",
        "compares what comes out too",
      ],
      [
        "parity --promtail promtail.yaml --alloy config.alloy --with promtail,alloy,loki",
        "has the real programs ship a journal to a real Loki, and compares what arrived",
      ],
      ["parity --promtail promtail.yaml --alloy config.alloy --json", "the same for a program"],
    ],
    json: true,
    load: () => import("./commands/parity.ts"),
  },
  {
    name: "sample",
    summary: "keep the newest journal entries of a host, redacted, for parity and explain",
    details:
      "Fetches the newest entries by `ssh HOST journalctl` (BatchMode: it asks for no password), or takes them from a file, and replaces " +
      "in them addresses, names of users, keys, tokens and passwords. The same value has the same placeholder everywhere, of the same " +
      "shape, and fields that pipelines match on, such as the unit, stay as they are. Each rule is listed with how often it found something. Writes " +
      "samples/HOST.jsonl in the repository, which only its owner may read. No rule finds everything: look before you share it.",
    arguments: [{ name: "<host>", description: "the host; names the sample, and is where ssh connects to" }],
    options: [
      {
        flags: "--from <file>",
        description: "take them from a file of `journalctl -o json`; - is standard input",
      },
      { flags: "-n, --lines <count>", description: "how many entries (default: 10000, at most 100000)" },
      { flags: "--unit <name...>", description: "only entries of these units" },
      { flags: "--since <time>", description: "only entries since then, as journalctl takes it" },
      { flags: "--ssh <target>", description: "connect to this host, or user@host, instead" },
      { flags: "-o, --output <file>", description: "write there instead" },
    ],
    examples: [
      ["sample nas", "the newest 10,000 entries of nas, in samples/nas.jsonl"],
      ["sample nas --unit nginx.service --since -1h", "the last hour of one unit"],
      ["sample nas --from - < entries.json", "entries that `journalctl -o json --all` printed"],
    ],
    json: true,
    load: () => import("./commands/sample.ts"),
  },
  {
    name: "ship",
    summary: "push journal entries through a configuration to Loki, for tests",
    details:
      "Runs journal entries through an Alloy configuration and pushes the outcome to its loki.write endpoints, or to --url. This is " +
      "fleet's embedded shipper: it behaves as Alloy does, for tests and proofs; in production run Alloy itself. sys.env sees the " +
      "environment of this command, so give passwords there and not on the command line. Prints what was sent and what each stage " +
      "dropped. Exit code 1 when the configuration or an entry is wrong, 2 when Loki cannot be reached or refuses.",
    arguments: [
      { name: "[entries]", description: "a file of entries (`journalctl -o json`), or - for standard input" },
    ],
    options: [
      { flags: "--config <file>", description: "the Alloy configuration" },
      { flags: "--journal <dir>", description: "read a journal directory instead of entries" },
      { flags: "--entries <file>", description: "the same as the argument" },
      { flags: "--url <url>", description: "push here instead of to the configuration's endpoints" },
      { flags: "--env <name=value...>", description: "what sys.env is to see besides the environment" },
      {
        flags: "--alloy-version <version>",
        description: "the Alloy whose behaviour is wanted (default: 1.18.1)",
      },
      {
        flags: "--with <program>",
        description: "ship with the real program, where it is to be had",
        choices: ["alloy"],
      },
    ],
    examples: [
      [
        "ship --config modules/alloy/config.alloy --journal /var/log/journal --url http://127.0.0.1:3100",
        "ships this machine's journal to a Loki for tests",
      ],
      [
        "ship --config config.alloy --url http://127.0.0.1:3100 - < entries.json",
        "ships entries saved by `journalctl -o json`",
      ],
    ],
    json: true,
    load: () => import("./commands/ship.ts"),
  },
  {
    name: "ship run",
    summary: "stand in for `alloy run` in a test: follow journals and files, push to Loki",
    details:
      "Takes the command line of `alloy run` and does for loki.source.journal, loki.source.file, loki.relabel, loki.process and " +
      "loki.write what Alloy does: positions in --storage.path, batches, retries, reload by SIGHUP and /-/reload, /metrics. For tests " +
      "where no Alloy can be had; in production run Alloy itself. docs/ship.md says what it does not do. Runs until SIGTERM. Exit " +
      "code 1 when the configuration is wrong.",
    arguments: [{ name: "<path>", description: "an Alloy configuration, or a directory of *.alloy files" }],
    options: [
      { flags: "--storage.path <dir>", description: "where positions are kept (default: data-alloy)" },
      {
        flags: "--server.http.listen-addr <address>",
        description: "where HTTP is served (default: 127.0.0.1:12345)",
      },
      { flags: "--alloy-version <version>", description: "the Alloy to stand in for (default: 1.18.1)" },
      { flags: "--disable-reporting", description: "accepted: it never reports anything" },
      { flags: "--stability.level <level>", description: "accepted, without effect" },
      { flags: "--server.http.memory-addr <address>", description: "accepted, without effect" },
      {
        flags: "--server.http.ui-path-prefix <path>",
        description: "accepted, without effect: there is no UI",
      },
      { flags: "--server.http.disable-support-bundle", description: "accepted: there is none" },
      { flags: "--feature.community-components.enabled", description: "accepted, without effect" },
      { flags: "--feature.component-shutdown-deadline <duration>", description: "accepted, without effect" },
    ],
    examples: [
      [
        "ship run /etc/alloy --disable-reporting --storage.path=/var/lib/alloy/data-alloy",
        "what a unit's ExecStart calls in the place of alloy",
      ],
      ["ship run config.alloy --server.http.listen-addr=127.0.0.1:0", "serves HTTP on any free port"],
    ],
    load: () => import("./commands/ship-run.ts"),
  },
  {
    name: "vm test",
    summary: "run a host's log pipeline on a virtual machine with systemd, into a Loki container",
    details:
      "Boots a Debian guest under qemu (KVM where it works, else software emulation), gives it the units and files that the evaluated " +
      "NixOS configuration of the host renders, secrets made by sops and age, and Loki in a container of podman behind the fleet's own " +
      "URL with a password; then logs, crashes, reboots, and asserts by LogQL what reached Loki. Each scenario has a machine of its own. " +
      "What fleet would write for the host and has not yet is tested in a copy of the repository. The first run makes the guest's disk " +
      "image, which needs root's rights and a few minutes. Where there is no Alloy, `fleet ship` stands in for it, which the report " +
      "says. Of a scenario that fails, console and journal are kept. Exit code 1 when a scenario fails, 2 when one could not be run.",
    arguments: [
      {
        name: "[scenarios...]",
        description:
          "names of scenarios, or files of your own (./mine.ts); all that fleet brings along when left out",
      },
    ],
    options: [
      { flags: "--host <name>", description: "the host (default: the manifest's rollout.canary)" },
      {
        flags: "--driver <driver>",
        description:
          "qemu: a Debian guest (default); nixos: NixOS tests by `nix build`, which need a nixpkgs",
        choices: ["qemu", "nixos"],
      },
      {
        flags: "--with <program>",
        description: "fail where the real program is not there, rather than let fleet ship stand in",
        choices: ["alloy"],
      },
      { flags: "--memory <MiB>", description: "memory of the guest (default: 2048)" },
      { flags: "--timeout <minutes>", description: "what one scenario may take (default: 15)" },
      { flags: "--boot-timeout <minutes>", description: "what a boot may take (default: 10)" },
      { flags: "--keep", description: "keep console and journal of scenarios that pass, too" },
      { flags: "--interactive", description: "open a prompt in the machine when its scenario has ended" },
      {
        flags: "--junit <file>",
        description: "write a JUnit report there too; - is stdout, without the table",
      },
    ],
    examples: [
      ["vm test journal-to-loki", "does what the canary logs reach Loki as it should?"],
      ["vm test", "all scenarios: about a quarter of an hour under software emulation"],
      ["vm test ./ours.ts --host nas --interactive", "a scenario of your own, and a look around afterwards"],
    ],
    json: true,
    load: () => import("./commands/vm-test.ts"),
  },
  {
    name: "vm shell",
    summary: "open a prompt in a virtual machine that is a host of the fleet",
    details:
      "Starts the machine that `fleet vm test` would, with the host's units and Loki running, and joins the terminal with a root shell in " +
      "it; `exit` or Ctrl-] ends it, and the machine with it. With a command, runs that and prints what it prints. Exit code 1 when the " +
      "command fails.",
    arguments: [{ name: "[command]", description: "a bash script to run instead of a prompt" }],
    options: [
      { flags: "--host <name>", description: "the host (default: the manifest's rollout.canary)" },
      { flags: "--memory <MiB>", description: "memory of the guest (default: 2048)" },
      { flags: "--boot-timeout <minutes>", description: "what a boot may take (default: 10)" },
    ],
    examples: [
      ["vm shell", "look around on the canary"],
      ["vm shell 'systemctl status alloy; journalctl -u alloy'", "one look, without a prompt"],
    ],
    load: () => import("./commands/vm-shell.ts"),
  },
  {
    name: "schema",
    summary: "print the JSON Schema of fleet.yaml",
    details:
      "For editors and other programs. What it cannot say (names that refer to each other, files that must be there) fleet checks itself.",
    examples: [
      [
        "schema > fleet.schema.json",
        "then `# yaml-language-server: $schema=fleet.schema.json` in fleet.yaml completes its keys",
      ],
    ],
    json: true,
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "completion",
    summary: "print a shell completion script",
    arguments: [{ name: "<shell>", description: "the shell", choices: ["bash", "zsh", "fish"] }],
    examples: [
      ["completion bash > /etc/bash_completion.d/fleet", "completes commands and options in bash"],
      ["completion fish | source", "completes them in this fish"],
    ],
    load: () => import("./commands/completion.ts"),
  },
];
