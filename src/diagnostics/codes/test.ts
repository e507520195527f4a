export const testCodes = {
  "test/syntax": "A test file is not well-formed YAML",
  "test/duplicate-key": "A key stands twice in one mapping of a test file",
  "test/unknown-key": "A key that test files do not know",
  "test/missing-key": "A key that a test file needs is absent",
  "test/wrong-type": "A value in a test file is of another type than its key takes",
  "test/wrong-value": "A value in a test file is none of those its key takes",
  "test/bad-name": "A name in a test file that cannot be used as one",
  "test/no-config": "A test does not say, or says twice, which configuration it tests",
  "test/unknown-component": "A test feeds what takes no entries",
  "test/none": "There are no test files",
  "test/failed": "An assertion of a test does not hold",
} as const;
