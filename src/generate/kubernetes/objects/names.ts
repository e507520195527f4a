/** Names that seeds of scripts and runbooks know: `kubectl get configmap grafana-alloy-cm -n grafana-alloy`. */
export const ALLOY = "alloy";
export const CONFIG_MAP = "grafana-alloy-cm";
export const CONFIG_KEY = "config.alloy";
/** The ClusterRole and its binding. */
export const CLUSTER_ROLE = "grafana-alloy";
/** The port of Alloy's HTTP server: its user interface, its metrics, its probes. */
export const HTTP_PORT = 12345;
