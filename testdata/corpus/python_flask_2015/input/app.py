import os

from flask import Flask, jsonify, render_template

app = Flask(__name__)

BEERS = ["Pilsner", "Bock", "Stout"]


@app.route("/")
def index():
    return render_template("index.html", beers=BEERS)


@app.route("/beers.json")
def beers():
    return jsonify(beers=BEERS)


if __name__ == "__main__":
    app.run(host="0.0.0.0", debug=os.environ.get("FLASK_DEBUG") == "1")
