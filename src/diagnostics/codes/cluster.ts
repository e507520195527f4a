export const clusterCodes = {
  "cluster/unknown": "A cluster that the manifest does not have",
  "cluster/bad-remote": "A remote given on the command line that was not understood",
  "cluster/duplicate-remote": "Two remotes of one kind have the same name",
  "cluster/bad-name": "A name that Kubernetes does not take for a cluster's objects",
  "cluster/left-over": "A file of a cluster that fleet wrote once and would not write now",
  "cluster/unreadable": "Files that should hold Kubernetes objects and do not",
} as const;
