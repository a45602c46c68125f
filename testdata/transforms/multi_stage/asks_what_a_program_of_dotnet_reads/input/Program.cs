System.Console.WriteLine("high water");
