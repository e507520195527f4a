/** Components that exist but are outside the catalogue: their arguments are not checked. By namespace. */
const NAMES: Readonly<Record<string, string>> = {
  beyla: `
    ebpf
  `,
  database_observability: `
    mysql postgres sql_server
  `,
  discovery: `
    aws azure consul consulagent digitalocean dns dockerswarm ec2 eureka gce hetzner http ionos kuma
    lightsail linode marathon nerve nomad openstack ovhcloud process puppetdb scaleway serverset triton
    uyuni
  `,
  faro: `
    receiver
  `,
  mimir: `
    alerts.kubernetes rules.kubernetes
  `,
  otelcol: `
    auth.basic auth.bearer auth.google auth.headers auth.oauth2 auth.sigv4 connector.count
    connector.host_info connector.servicegraph connector.signaltometrics connector.spanlogs
    connector.spanmetrics exporter.awss3 exporter.datadog exporter.debug exporter.faro exporter.file
    exporter.googlecloud exporter.googlecloudpubsub exporter.kafka exporter.loadbalancing exporter.loki
    exporter.otlp exporter.otlphttp exporter.prometheus exporter.splunkhec exporter.syslog
    extension.jaeger_remote_sampling processor.attributes processor.batch processor.cumulativetodelta
    processor.deltatocumulative processor.discovery processor.filter processor.groupbyattrs
    processor.interval processor.k8sattributes processor.memory_limiter processor.metric_start_time
    processor.probabilistic_sampler processor.redaction processor.resourcedetection processor.span
    processor.tail_sampling processor.transform receiver.awscloudwatch receiver.awsecscontainermetrics
    receiver.awss3 receiver.cloudflare receiver.datadog receiver.faro receiver.file_stats
    receiver.filelog receiver.fluentforward receiver.googlecloudpubsub receiver.influxdb receiver.jaeger
    receiver.kafka receiver.loki receiver.nginx receiver.opencensus receiver.otlp receiver.prometheus
    receiver.solace receiver.splunkhec receiver.syslog receiver.tcplog receiver.vcenter receiver.zipkin
    storage.file
  `,
  prometheus: `
    enrich exporter.apache exporter.azure exporter.blackbox exporter.catchpoint exporter.cloudwatch
    exporter.consul exporter.databricks exporter.dnsmasq exporter.elasticsearch exporter.gcp
    exporter.github exporter.kafka exporter.memcached exporter.mongodb exporter.mssql exporter.mysql
    exporter.oracledb exporter.postgres exporter.process exporter.redis exporter.snmp exporter.snowflake
    exporter.squid exporter.static exporter.statsd exporter.windows receive_http
  `,
  pyroscope: `
    ebpf enrich java receive_http relabel scrape write
  `,
  remote: `
    s3
  `,
};

/** Full names of the components that exist but are not described here. */
export const otherComponents: ReadonlySet<string> = new Set(
  Object.entries(NAMES).flatMap(([namespace, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => `${namespace}.${name}`),
  ),
);
