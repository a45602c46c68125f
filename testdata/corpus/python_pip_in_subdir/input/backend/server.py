from bottle import route, run, static_file


@route("/")
def index():
    return static_file("index.html", root="../frontend")


@route("/api/time")
def time():
    import datetime

    return {"now": datetime.datetime.utcnow().isoformat()}


if __name__ == "__main__":
    run(host="0.0.0.0", port=9000)
