/** The recorded conversions that fleet answers differently, and why. */
export const DEVIATIONS: Readonly<Record<string, string>> = {
  yaml_invalid_utf8_marker_value:
    "a label of bytes that are no UTF-8: fleet refuses it, Alloy writes bytes that no label of Loki can have",
  yaml_null_client_item:
    "an empty item in clients: fleet refuses it, the converter writes an endpoint without URL and with zero timeouts",
};
