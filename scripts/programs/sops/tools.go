//go:build tools

// Package sops names the program that this module pins.
package sops

import _ "github.com/getsops/sops/v3/cmd/sops"
