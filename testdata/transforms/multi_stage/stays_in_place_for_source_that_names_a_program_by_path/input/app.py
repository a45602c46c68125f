import subprocess

subprocess.run(["/usr/local/bin/celery", "worker"])
