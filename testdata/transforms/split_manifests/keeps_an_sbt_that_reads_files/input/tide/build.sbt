lazy val core = project in file("core")
