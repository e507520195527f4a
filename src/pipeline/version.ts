/** True when an Alloy version ("1.18.1", "1.19") is older than major.minor. */
export function isBefore(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}
