log = `git log --oneline`
puts log
