import subprocess

import flask

app = flask.Flask(__name__)


@app.get("/thumbnail/<name>")
def thumbnail(name):
    subprocess.run(["convert", name, "-resize", "80x80", "/tmp/" + name])
    return flask.send_file("/tmp/" + name)
