/** One test as JUnit's XML has it. */
export interface JunitCase {
  /** What the test belongs to, such as its file. */
  suite: string;
  name: string;
  seconds: number;
  /** What does not hold; none for a test that passed. */
  failures: readonly { message: string; text: string }[];
  /** Why the test could not run at all. */
  errors: readonly { message: string; text: string }[];
  /** Why a test without failures and errors says nothing; left out for one that passed. */
  skipped?: string;
}

/** A JUnit report, as continuous integration reads it. */
export function renderJunit(name: string, cases: readonly JunitCase[]): string {
  const count = (of: (one: JunitCase) => boolean): number => cases.filter(of).length;
  const totals =
    `tests="${cases.length}" failures="${count(({ failures }) => failures.length > 0)}" ` +
    `errors="${count(({ errors }) => errors.length > 0)}" ` +
    `skipped="${count(({ skipped }) => skipped !== undefined)}" ` +
    `time="${cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3)}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${attribute(name)}" ${totals}>`,
    ...cases.flatMap(caseLines),
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function caseLines({ suite, name, seconds, failures, errors, skipped }: JunitCase): string[] {
  const head = `    <testcase classname="${attribute(suite)}" name="${attribute(name)}" time="${seconds.toFixed(3)}"`;
  const problems = [
    ...(skipped === undefined ? [] : [{ message: skipped, text: "", kind: "skipped" }]),
    ...failures.map((one) => ({ ...one, kind: "failure" })),
    ...errors.map((one) => ({ ...one, kind: "error" })),
  ];
  if (problems.length === 0) return [`${head}/>`];
  return [
    `${head}>`,
    ...problems.map(
      ({ kind, message, text }) => `      <${kind} message="${attribute(message)}">${escape(text)}</${kind}>`,
    ),
    "    </testcase>",
  ];
}

/** A carriage return would be read as a line break. */
const ENTITIES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "\r": "&#13;",
};

/** An attribute's value, whose line breaks a parser would else read as blanks. */
function attribute(text: string): string {
  return escape(text).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

/** XML text; characters that XML 1.0 cannot hold become U+FFFD. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[<>&"\r]/g, (char) => ENTITIES[char] ?? char);
}
