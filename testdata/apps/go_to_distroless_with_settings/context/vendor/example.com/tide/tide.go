// Package tide knows when the water is high.
package tide

// High says when.
func High(port string) string { return "high water at " + port + ": 03:10" }
