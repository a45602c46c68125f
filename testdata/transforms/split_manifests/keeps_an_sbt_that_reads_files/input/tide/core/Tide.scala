object Tide
