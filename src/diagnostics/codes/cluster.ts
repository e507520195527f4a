export const clusterCodes = {
  "cluster/unknown": "A cluster that the manifest does not have",
  "cluster/bad-remote": "A remote given on the command line that was not understood",
  "cluster/duplicate-remote": "Two remotes of one kind have the same name",
  "cluster/different": "What is compared is not what the manifest asks for",
} as const;
