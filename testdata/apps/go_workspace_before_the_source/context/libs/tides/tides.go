package tides

// Name of the port that a tide table is for.
func Name(args []string) string {
	if len(args) < 2 {
		return "nowhere"
	}
	return args[1]
}
