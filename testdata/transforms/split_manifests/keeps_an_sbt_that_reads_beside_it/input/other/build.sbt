ThisBuild / scalaVersion := "3.5.1"

lazy val root = (project in file("."))
  .settings(name := "other")
lazy val other = RootProject(file("../other"))
