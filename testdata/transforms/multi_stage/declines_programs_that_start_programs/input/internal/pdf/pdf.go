package pdf

import "os/exec"

func Print(file string) error {
	return exec.Command("lp", file).Run()
}
