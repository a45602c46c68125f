ThisBuild / scalaVersion := "3.5.1"

lazy val root = (project in file("."))
  .settings(
    name := "pier",
    libraryDependencies += "com.typesafe.akka" %% "akka-http" % "10.5.3"
  )
