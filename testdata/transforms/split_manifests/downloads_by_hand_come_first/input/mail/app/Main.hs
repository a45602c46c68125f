main = putStrLn "mail"
