credentials += Credentials(file("ci/credentials.txt"))
