System.Console.WriteLine("pier");
