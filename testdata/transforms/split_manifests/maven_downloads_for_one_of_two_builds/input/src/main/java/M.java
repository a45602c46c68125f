class M { }
