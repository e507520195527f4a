export const repositoryCodes = {
  "repository/not-found": "No repository could be found",
  "repository/outside": "A path would leave the repository",
  "repository/unreadable": "A file or directory of the repository could not be read",
  "repository/unwritable": "A file of the repository could not be written",
} as const;
