//go:build tools

// Package loki names the program that this module pins.
package loki

import _ "github.com/grafana/loki/v3/cmd/loki"
