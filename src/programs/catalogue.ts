/** The outside programs that fleet may call. */
export type ProgramName =
  | "alloy"
  | "loki"
  | "promtail"
  | "nix"
  | "journalctl"
  | "systemd-journal-remote"
  | "sops"
  | "age"
  | "strace"
  | "nix-eval-jobs"
  | "kubectl"
  | "kube-apiserver"
  | "etcd"
  | "vault"
  | "external-secrets"
  | "prometheus"
  | "node-exporter"
  | "grafana"
  | "docker"
  | "qemu-system-x86_64"
  | "mmdebstrap"
  | "mke2fs"
  | "chromium";

/** How a program is built from the Go module that pins it. */
export interface GoModule {
  /** Below scripts/programs. */
  directory: string;
  /** The module whose version is the program's. */
  module: string;
  package: string;
  /** Build tags. */
  tags?: readonly string[];
  /** The variable that `v` and the version are linked into, where the program knows no version without it. */
  versionVariable?: string;
  /** C headers that it cannot be built without, each with Debian's package; with one of them it is built with cgo. */
  headers?: readonly { path: string; apt: string }[];
  /** How long a build takes on two cores. */
  minutes: number;
}

/** Where a program may be had from, besides an explicit path and PATH. */
export interface ProgramSpec {
  name: ProgramName;
  /** What it is for, in a few words: "the log store". */
  purpose: string;
  /** Places that are usually not on PATH. */
  places?: readonly string[];
  /** Asks the program for its version; the first `1.2` or `1.2.3` in the answer is it. */
  versionArguments: readonly string[];
  nixpkgs?: { attribute: string; command: string };
  /** A Go module under scripts/programs that pins the program. */
  goModule?: GoModule;
  /** Debian's package. */
  apt?: string;
  /** How a person gets it. */
  hint: string;
}

const KUBERNETES_VERSION = "k8s.io/component-base/version.gitVersion";

export const PROGRAMS: Readonly<Record<ProgramName, ProgramSpec>> = {
  alloy: {
    name: "alloy",
    purpose: "Grafana Alloy",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "grafana-alloy", command: "alloy" },
    hint: "install Grafana Alloy (nixpkgs grafana-alloy, or grafana.com/docs/alloy) and put alloy on PATH",
  },
  loki: {
    name: "loki",
    purpose: "the log store",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "grafana-loki", command: "loki" },
    goModule: {
      directory: "loki",
      module: "github.com/grafana/loki/v3",
      package: "github.com/grafana/loki/v3/cmd/loki",
      minutes: 5,
    },
    hint: "put loki on PATH (nixpkgs grafana-loki), or go 1.26 or newer so that fleet can build it",
  },
  promtail: {
    name: "promtail",
    purpose: "Promtail, the agent that Alloy replaces",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "promtail", command: "promtail" },
    goModule: {
      directory: "promtail",
      module: "github.com/grafana/loki/v3",
      package: "github.com/grafana/loki/v3/clients/cmd/promtail",
      // Without it Promtail has no journal.
      tags: ["promtail_journal_enabled"],
      headers: [
        { path: "/usr/include/stdlib.h", apt: "libc6-dev" },
        { path: "/usr/include/systemd/sd-journal.h", apt: "libsystemd-dev" },
      ],
      minutes: 6,
    },
    hint: "put promtail 3.6 or older on PATH (nixpkgs 25.11 still has it), or go, gcc and libsystemd-dev so that fleet can build it",
  },
  nix: {
    name: "nix",
    purpose: "the evaluator of NixOS hosts",
    places: ["/nix/var/nix/profiles/default/bin/nix", "/run/current-system/sw/bin/nix"],
    versionArguments: ["--version"],
    apt: "nix-bin",
    hint: "install Nix (nixos.org/download, or Debian's nix-bin)",
  },
  journalctl: {
    name: "journalctl",
    purpose: "the reader of systemd journals",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "systemd", command: "journalctl" },
    apt: "systemd",
    hint: "run this on a Linux machine with systemd's journalctl",
  },
  "systemd-journal-remote": {
    name: "systemd-journal-remote",
    purpose: "the writer of journal files",
    places: ["/lib/systemd/systemd-journal-remote", "/usr/lib/systemd/systemd-journal-remote"],
    versionArguments: ["--version"],
    apt: "systemd-journal-remote",
    hint: "install Debian's systemd-journal-remote (on NixOS: services.journald.remote, or systemd built with it)",
  },
  sops: {
    name: "sops",
    purpose: "the editor of encrypted secrets",
    versionArguments: ["--version", "--disable-version-check"],
    nixpkgs: { attribute: "sops", command: "sops" },
    goModule: {
      directory: "sops",
      module: "github.com/getsops/sops/v3",
      package: "github.com/getsops/sops/v3/cmd/sops",
      minutes: 2,
    },
    hint: "install sops (nixpkgs sops, or getsops.io)",
  },
  age: {
    name: "age",
    purpose: "the encryption behind sops",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "age", command: "age" },
    apt: "age",
    hint: "install age (nixpkgs age, or Debian's age)",
  },
  kubectl: {
    name: "kubectl",
    purpose: "the client of the Kubernetes API",
    versionArguments: ["version", "--client"],
    nixpkgs: { attribute: "kubectl", command: "kubectl" },
    goModule: {
      directory: "kubernetes",
      module: "k8s.io/kubernetes",
      package: "k8s.io/kubernetes/cmd/kubectl",
      versionVariable: KUBERNETES_VERSION,
      minutes: 2,
    },
    hint: "install kubectl (nixpkgs kubectl, or kubernetes.io/docs/tasks/tools)",
  },
  "kube-apiserver": {
    name: "kube-apiserver",
    purpose: "the Kubernetes API server",
    versionArguments: ["--version"],
    goModule: {
      directory: "kubernetes",
      module: "k8s.io/kubernetes",
      package: "k8s.io/kubernetes/cmd/kube-apiserver",
      versionVariable: KUBERNETES_VERSION,
      minutes: 4,
    },
    hint: "put kube-apiserver on PATH (dl.k8s.io has it), or go 1.25 or newer so that fleet can build it",
  },
  etcd: {
    name: "etcd",
    purpose: "the store behind the Kubernetes API server",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "etcd", command: "etcd" },
    apt: "etcd-server",
    hint: "install etcd (nixpkgs etcd, or Debian's etcd-server)",
  },
  vault: {
    name: "vault",
    purpose: "the store of passwords",
    versionArguments: ["version"],
    nixpkgs: { attribute: "vault", command: "vault" },
    goModule: {
      directory: "vault",
      module: "github.com/hashicorp/vault",
      package: "github.com/hashicorp/vault",
      minutes: 5,
    },
    hint: "put vault on PATH (nixpkgs vault, or developer.hashicorp.com), or go 1.25 or newer so that fleet can build it",
  },
  "external-secrets": {
    name: "external-secrets",
    purpose: "the controller that makes Kubernetes secrets from Vault's",
    versionArguments: ["--version"],
    goModule: {
      directory: "external-secrets",
      module: "github.com/external-secrets/external-secrets",
      package: "github.com/external-secrets/external-secrets",
      minutes: 6,
    },
    hint: "put go 1.24 or newer on PATH so that fleet can build it",
  },
  prometheus: {
    name: "prometheus",
    purpose: "the metrics store",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "prometheus", command: "prometheus" },
    apt: "prometheus",
    hint: "install Prometheus (nixpkgs prometheus, or Debian's prometheus)",
  },
  "node-exporter": {
    name: "node-exporter",
    purpose: "the exporter of a machine's metrics",
    places: ["/usr/bin/prometheus-node-exporter", "/usr/bin/node_exporter", "/usr/local/bin/node_exporter"],
    versionArguments: ["--version"],
    nixpkgs: { attribute: "prometheus-node-exporter", command: "node_exporter" },
    apt: "prometheus-node-exporter",
    hint: "install the node exporter (nixpkgs prometheus-node-exporter, or Debian's prometheus-node-exporter)",
  },
  grafana: {
    name: "grafana",
    purpose: "the view of metrics and logs",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "grafana", command: "grafana" },
    hint: "install Grafana (nixpkgs grafana, or grafana.com/grafana/download) and put grafana on PATH",
  },
  docker: {
    name: "docker",
    purpose: "the client of a container engine",
    versionArguments: ["--version"],
    hint: "install Docker with its compose plugin (docs.docker.com/engine/install)",
  },
  "qemu-system-x86_64": {
    name: "qemu-system-x86_64",
    purpose: "the virtual machine",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "qemu_kvm", command: "qemu-system-x86_64" },
    apt: "qemu-system-x86",
    hint: "install qemu (nixpkgs qemu_kvm, or Debian's qemu-system-x86)",
  },
  mmdebstrap: {
    name: "mmdebstrap",
    purpose: "the maker of Debian systems",
    versionArguments: ["--version"],
    apt: "mmdebstrap",
    hint: "install mmdebstrap on a machine with apt (Debian, Ubuntu)",
  },
  chromium: {
    name: "chromium",
    purpose: "the browser that reports are tested in",
    places: ["/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
    versionArguments: ["--version"],
    nixpkgs: { attribute: "chromium", command: "chromium" },
    apt: "chromium",
    hint: "install Chromium (nixpkgs chromium, or Debian's chromium)",
  },
  mke2fs: {
    name: "mke2fs",
    purpose: "the maker of file systems",
    places: ["/usr/sbin/mke2fs", "/sbin/mke2fs"],
    versionArguments: ["-V"],
    nixpkgs: { attribute: "e2fsprogs", command: "mke2fs" },
    apt: "e2fsprogs",
    hint: "install e2fsprogs",
  },
  strace: {
    name: "strace",
    purpose: "the tracer of what Nix reads",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "strace", command: "strace" },
    apt: "strace",
    hint: "install strace (nixpkgs strace, or Debian's strace)",
  },
  "nix-eval-jobs": {
    name: "nix-eval-jobs",
    purpose: "the parallel evaluator",
    versionArguments: ["--version"],
    nixpkgs: { attribute: "nix-eval-jobs", command: "nix-eval-jobs" },
    hint: "install nix-eval-jobs (nixpkgs nix-eval-jobs), or leave out --engine",
  },
};
