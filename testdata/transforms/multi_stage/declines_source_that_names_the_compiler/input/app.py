import subprocess

CC = "gcc"
subprocess.run([CC, "-c", "x.c"])
