import t from "tap";
import { locateOption, splitOption } from "../../src/gate/locate.ts";

/** The text of the stretch that is found for an option. */
function found(text: string, option: string): string | undefined {
  const stretch = locateOption(text, splitOption(option));
  return stretch && text.slice(stretch.start, stretch.end);
}

t.test("an attribute path in one piece", (t) => {
  t.equal(
    found("{ services.promtail.enable = true; }", "services.promtail.enable"),
    "services.promtail.enable",
  );
  t.equal(found("{ services.promtail.enable = true; }", "services.promtail"), "services.promtail.enable");
  t.end();
});

t.test("an attribute path spread over nested sets", (t) => {
  const text = `{ config, ... }:
{
  services = {
    openssh.enable = true;
    # enabel = 1; is a comment
    alloy = lib.mkIf (config.x == { }) {
      enabel = true;
    };
  };
}`;
  t.equal(found(text, "services.alloy.enabel"), "enabel");
  t.equal(found(text, "services.alloy"), "alloy");
  t.equal(found(text, "services.openssh.enable"), "openssh.enable");
  t.equal(found(text, "services.openssh.ports"), undefined, "a neighbour is not the option");
  t.end();
});

t.test("the nearest definition above the option where the option itself is built", (t) => {
  const text = '{ users.users = builtins.listToAttrs [ ]; users.motd = ""; }';
  t.equal(found(text, "users.users.bob.group"), "users.users");
  t.end();
});

t.test("an explicit config counts as nothing", (t) => {
  const text = "{ options.x = 1; config = lib.mkIf true { services.a.b = 1; }; }";
  t.equal(found(text, "services.a.b"), "services.a.b");
  t.equal(found("{ config.services.a.b = 1; }", "services.a.b"), "config.services.a.b");
  t.end();
});

t.test("quoted names, strings and comparisons do not confuse it", (t) => {
  const text = '{ x = "services.b = 1; }"; y = a == b; services.nginx.virtualHosts."a.b".root = 3; }';
  t.equal(found(text, 'services.nginx.virtualHosts."a.b".root'), 'services.nginx.virtualHosts."a.b".root');
  t.equal(found(text, "services.b"), undefined);
  t.equal(found(text, "b"), undefined);
  t.end();
});

t.test("text that is no Nix has no options", (t) => {
  t.equal(found('{ a = "', "a"), undefined);
  t.end();
});
