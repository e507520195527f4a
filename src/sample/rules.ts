/** What stands in the place of a value, told apart by the `number` that it got. */
type Placeholder = (number: number, value: string) => string;

/** Finds one kind of thing that says who or where, or opens a door. */
export interface Rule {
  name: string;
  /** Rules of one kind give a value the same placeholder; the rule's name when left out. */
  kind?: string;
  /** What it finds, for the report. */
  finds: string;
  /** The value is its group `value` where it has one, else the whole match. */
  pattern: RegExp;
  /** Matches that say nothing of the kind. */
  except?: (value: string) => boolean;
  placeholder: Placeholder;
}

/** Endings that make name@instance a unit and no address. */
const UNIT = /\.(?:service|socket|timer|scope|slice|mount|automount|target|path|device|swap)$/i;

/** Names of people that are nobody's. */
const NOBODY = new Set(["root", "nobody", "unknown"]);

const secret: Placeholder = (number) => `secret-${number}`;
/** What an earlier rule put there, and words that are no secrets. */
const isHarmless = (value: string): boolean =>
  /^(?:token|private-key|secret)-\d+$|^(?:Bearer|Basic|null|true|false|none)$/i.test(value);

/**
 * The rules, in the order in which they are applied: what is longer and surer comes first. A placeholder has the shape
 * of what it stands for, so that a pipeline does with it what it would do with the value.
 */
export const RULES: readonly Rule[] = [
  {
    name: "private-key",
    finds: "private keys in PEM and of age",
    pattern:
      /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|AGE-SECRET-KEY-1[0-9A-Z]+/g,
    placeholder: (number) => `private-key-${number}`,
  },
  {
    name: "token",
    finds: "tokens known by their form: JWT, GitHub, GitLab, Slack, AWS, Vault, Grafana",
    pattern:
      /\b(?:eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|hv[sb]\.[\w-]{20,}|gl(?:sa|c)_\w{20,}=*)/g,
    placeholder: (number) => `token-${number}`,
  },
  {
    name: "authorization",
    kind: "secret",
    finds: "credentials after Bearer and Basic, cookies",
    pattern: /\b(?:Bearer|Basic)\s+(?<value>[\w.~+/-]{8,}=*)|\bcookie\\?"?:\s*\\?"?(?<value>[^\r\n"\\]+)/gi,
    except: isHarmless,
    placeholder: secret,
  },
  {
    name: "url-password",
    kind: "secret",
    finds: "passwords in URLs",
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?<value>[^\s/@]+)@/gi,
    except: isHarmless,
    placeholder: secret,
  },
  {
    name: "secret",
    finds: "values of names such as password, secret, token, api_key",
    // PWD is a directory where it is a path.
    pattern:
      /(?!pwd=\/)(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)(?:\\?["'])?\s*[:=]\s*(?:\\?"(?<value>[^"\\]+)|\\?'(?<value>[^'\\]+)|(?<value>[^\s"'\\,;&)}\]]+))/gi,
    except: isHarmless,
    placeholder: secret,
  },
  {
    name: "email",
    finds: "e-mail addresses",
    pattern: /(?<![\w.%+-])[\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b/g,
    except: (value) => UNIT.test(value),
    placeholder: (number) => `mail${number}@example.invalid`,
  },
  {
    name: "mac",
    finds: "hardware addresses",
    pattern: /(?<![\w:])[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5,}(?![\w:])/g,
    // As many pairs as there were, the first of a locally administered address.
    placeholder: (number, value) =>
      value
        .split(":")
        .map((_, at, { length }) => (at === 0 ? "02" : pair(number, length - 1 - at)))
        .join(":"),
  },
  {
    name: "ipv4",
    finds: "IPv4 addresses, but for loopback and 0.0.0.0",
    pattern: /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d)/g,
    except: (value) => value.startsWith("127.") || value === "0.0.0.0" || value === "255.255.255.255",
    // 198.18.0.0/15 is set aside for measuring (RFC 2544) and routed nowhere.
    placeholder: (number) => `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`,
  },
  {
    name: "ipv6",
    finds: "IPv6 addresses, but for ::1",
    pattern: /(?<![\w:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(?![\w:]|\.\d)/g,
    except: (value) => !isIpv6(value) || value === "::1",
    placeholder: (number) => `2001:db8::${number.toString(16)}`,
  },
  {
    name: "user",
    finds: "names of users in paths, and where logins are logged",
    pattern:
      /(?:\/(?:home|Users)\/|\b(?:(?:Accepted|Failed) \S+ for (?:invalid user )?|(?:invalid|for|of) user )|\b(?:acct|user|ruser|logname)=\\?["']?)(?<value>[a-z_][\w-]*(?:\.[\w-]+)*)|^(?<value>[a-z_][\w.-]*)(?= : (?:TTY|PWD)=)/gi,
    except: (value) => NOBODY.has(value),
    placeholder: (number) => `user${number}`,
  },
];

/** A byte of a number in hexadecimal, the lowest at 0. */
function pair(number: number, at: number): string {
  return (at > 3 ? 0 : (number >> (8 * at)) & 255).toString(16).padStart(2, "0");
}

/** Eight groups, or fewer around one `::`; with a digit, so that `a::b` of a program's source is none. */
function isIpv6(text: string): boolean {
  const groups = text.split(":").filter((group) => group !== "");
  if (groups.some((group) => group.length > 4) || !/\d/.test(text)) return false;
  const gaps = text.match(/::/g)?.length ?? 0;
  if (/:::/.test(text) || gaps > 1) return false;
  const edges = /^:(?!:)|(?<!:):$/.test(text);
  return !edges && (gaps === 1 ? groups.length < 8 : groups.length === 8);
}
