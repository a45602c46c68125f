object Versions { val own = scala.io.Source.fromFile("VERSION").mkString }
