import subprocess

subprocess.run(["gcc", "-o", "/tmp/a", "/tmp/a.c"])
