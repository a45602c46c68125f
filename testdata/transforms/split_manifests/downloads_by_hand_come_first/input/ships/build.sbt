name := "ships"

scalaVersion := "3.4.2"

libraryDependencies += "com.lihaoyi" %% "upickle" % "4.0.0"
