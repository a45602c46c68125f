package main

var revision string

func main() { println(revision) }
