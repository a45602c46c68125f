System.Console.WriteLine("tide");
