import {
  blockSpec,
  bool,
  duration,
  int,
  list,
  once,
  optional,
  string,
  type ArgumentSpec,
  type BlockSpec,
  type ChildSpec,
} from "./spec.ts";

const flag = optional(bool);
const text = optional(string);
const names = optional(list(string));
const span = optional(duration);

function collector(attributes: Readonly<Record<string, ArgumentSpec>>): ChildSpec {
  return once(blockSpec(attributes));
}

const include = { device_exclude: text, device_include: text } as const;

/** prometheus.exporter.unix: what node_exporter calls collectors are its blocks. */
export const unixExporter: BlockSpec = blockSpec(
  {
    include_exporter_metrics: optional(bool, "false"),
    procfs_path: optional(string, '"/proc"'),
    sysfs_path: optional(string, '"/sys"'),
    rootfs_path: optional(string, '"/"'),
    udev_data_path: optional(string, '"/run/udev/data"'),
    enable_collectors: optional(list(string), "[]"),
    disable_collectors: optional(list(string), "[]"),
    set_collectors: names,
  },
  {
    arp: collector({ ...include, netlink: flag }),
    bcache: collector({ priority_stats: flag }),
    cpu: collector({ bugs_include: text, guest: flag, info: flag, flags_include: text }),
    disk: collector(include),
    ethtool: collector({ ...include, metrics_include: text }),
    filesystem: collector({ fs_types_exclude: text, mount_points_exclude: text, mount_timeout: span }),
    hwmon: collector({ chip_exclude: text, chip_include: text }),
    ipvs: collector({ backend_labels: names }),
    netclass: collector({ ignore_invalid_speed_device: flag, ignored_devices: text }),
    netdev: collector({ address_info: flag, ...include }),
    netstat: collector({ fields: text }),
    ntp: collector({
      ip_ttl: optional(int),
      local_offset_tolerance: span,
      max_distance: span,
      protocol_version: optional(int),
      server: text,
      server_is_local: flag,
    }),
    perf: collector({
      cpus: text,
      tracepoint: names,
      disable_hardware_profilers: flag,
      disable_software_profilers: flag,
      disable_cache_profilers: flag,
      hardware_profilers: names,
      software_profilers: names,
      cache_profilers: names,
    }),
    powersupply: collector({ ignored_supplies: text }),
    runit: collector({ service_dir: text }),
    supervisord: collector({ url: text }),
    sysctl: collector({ include: names, include_info: names }),
    systemd: collector({
      enable_restarts: flag,
      start_time: flag,
      task_metrics: flag,
      unit_exclude: text,
      unit_include: text,
    }),
    tapestats: collector({ ignored_devices: text }),
    textfile: collector({ directory: text }),
    vmstat: collector({ fields: text }),
  },
);
