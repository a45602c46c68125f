name := "tide"
