from subprocess import call

call(["./trigger.sh"])
