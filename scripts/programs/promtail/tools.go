//go:build tools

// Package promtail names the program that this module pins.
package promtail

import _ "github.com/grafana/loki/v3/clients/cmd/promtail"
