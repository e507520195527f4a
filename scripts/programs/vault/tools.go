//go:build tools

// Package vault names the program that this module pins.
package vault

import _ "github.com/hashicorp/vault"
