import git
import subprocess

subprocess.run(["rsync", "-a", "a", "b"])
subprocess.run(["ssh", "host", "date"])
