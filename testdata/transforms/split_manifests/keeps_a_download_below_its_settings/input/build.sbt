credentials += Credentials("Nexus", "nexus.example.org", "ci", sys.env("NEXUS_PASS"))
