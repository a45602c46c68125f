using System;

namespace Quotes.Core
{
    public static class Book
    {
        private static readonly Random Dice = new();
        private static readonly string[] Lines = { "Less, but sooner.", "Name it well." };

        public static string Random() => Lines[Dice.Next(Lines.Length)];
    }
}
