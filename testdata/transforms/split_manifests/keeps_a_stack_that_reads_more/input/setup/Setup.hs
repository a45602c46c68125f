main = readFile "version" >>= putStrLn
