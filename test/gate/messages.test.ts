import t from "tap";
import { readMessage } from "../../src/gate/messages.ts";

// The wording is that of nixpkgs' lib.
const CASES: [message: string, expected: Partial<ReturnType<typeof readMessage>>][] = [
  [
    "The option `services.alloy.enabel' does not exist. Definition values:\n- In `/h/a.nix': true\n\nDid you mean `services.alloy.enable' or `services.alloy.extraFlags'?",
    {
      code: "gate/unknown-option",
      option: "services.alloy.enabel",
      files: ["/h/a.nix"],
      suggestion: "Did you mean `services.alloy.enable' or `services.alloy.extraFlags'?",
      message: "The option `services.alloy.enabel' does not exist. Definition values:\n- In `/h/a.nix': true",
    },
  ],
  [
    "The option definition `services.promtail' in `/h/b.nix' and `/h/c.nix' no longer has any effect; please remove it.\nIt is gone.\n",
    { code: "gate/removed-option", option: "services.promtail", files: ["/h/b.nix", "/h/c.nix"] },
  ],
  [
    "The option `services.oldalloy.enable' defined in `/h/e.nix' has been renamed to `services.alloy.enable'.",
    { code: "gate/renamed-option", option: "services.oldalloy.enable", files: ["/h/e.nix"] },
  ],
  [
    "A definition for option `services.alloy.extraFlags' is not of type `list of string'. TypeError: Definition values:\n- In `/h/c.nix': \"x\"",
    { code: "gate/wrong-type", option: "services.alloy.extraFlags", files: ["/h/c.nix"] },
  ],
  [
    "The option `networking.hostName' has conflicting definition values:\n- In `/h/a.nix': \"a\"\n- In `/h/b.nix, via option flake.nixosModules.x': \"b\"\nUse `lib.mkForce value' or `lib.mkDefault value' to change the priority on any of these definitions.",
    { code: "gate/conflicting-definitions", option: "networking.hostName", files: ["/h/a.nix", "/h/b.nix"] },
  ],
  ["Something else entirely", { code: "gate/failed-assertion", option: undefined, files: [] }],
];

for (const [message, expected] of CASES) {
  t.test(`${expected.code ?? ""} is read from its message`, (t) => {
    t.match(readMessage(message, "gate/failed-assertion"), expected);
    t.end();
  });
}
