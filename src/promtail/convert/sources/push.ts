import { block, type Item } from "../../../alloy/index.ts";
import { formatDuration, formatSize } from "../../units.ts";
import { put, sorted } from "../items.ts";
import { refuseUnsupported, serverItems } from "./server.ts";
import type { SourceOf } from "./source.ts";

export function pushApiBody({ config, path, wiring, conversion }: SourceOf<"loki_push_api">): Item[] {
  refuseUnsupported(config.server ?? {}, path, conversion);
  const forwardTo = wiring.forwardTo();
  return [
    ...serverItems(config.server ?? {}),
    ...put("forward_to", forwardTo),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("relabel_rules", wiring.rules()),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("max_send_message_size", formatSize(config.max_send_msg_size ?? 0n), "100MiB"),
  ];
}

export function herokuBody({ config, wiring }: SourceOf<"heroku_drain">): Item[] {
  const forwardTo = wiring.forwardTo();
  return [
    ...serverItems(config.server ?? {}),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("forward_to", forwardTo),
    ...put("relabel_rules", wiring.rules()),
  ];
}

export function gcplogBody({ config, path, wiring, conversion }: SourceOf<"gcplog">): Item[] {
  const common = [
    ...put("labels", sorted(config.labels ?? {})),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("use_full_line", config.use_full_line ?? false, false),
  ];
  const target = (): Item[] => {
    switch (config.subscription_type ?? "") {
      case "":
      case "pull":
        return [
          block("pull", undefined, [
            ...put("project_id", config.project_id ?? ""),
            ...put("subscription", config.subscription ?? ""),
            ...common,
          ]),
        ];
      case "push":
        refuseUnsupported(config.server ?? {}, path, conversion);
        return [
          block("push", undefined, [
            ...serverItems(config.server ?? {}),
            ...put("push_timeout", formatDuration(config.push_timeout ?? 0n), "0s"),
            ...common,
          ]),
        ];
      default:
        conversion.refuse(
          "promtail/wrong-value",
          [...path, "subscription_type"],
          `there is no subscription type ${JSON.stringify(config.subscription_type)}`,
          "write pull or push",
        );
        return [];
    }
  };
  const forwardTo = wiring.forwardTo();
  return [...target(), ...put("forward_to", forwardTo), ...put("relabel_rules", wiring.rules())];
}
