//go:build tools

// Package externalsecrets names the program that this module pins.
package externalsecrets

import _ "github.com/external-secrets/external-secrets"
