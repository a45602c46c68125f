System.Console.WriteLine("gauge");
