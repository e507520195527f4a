/** A string literal of LogQL. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u2028\u2029\u007f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A stream selector for exactly these labels: `{host="nas", job="systemd-journal"}`. */
export function selector(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(", ")}}`;
}
