Console.WriteLine("tides");
