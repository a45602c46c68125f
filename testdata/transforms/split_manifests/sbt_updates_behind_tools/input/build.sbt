ThisBuild / scalaVersion := "3.5.1"

lazy val root = (project in file("."))
  .settings(name := "ferry")
