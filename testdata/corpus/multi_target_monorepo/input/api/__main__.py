from bottle import post, request, route, run

from common import put


@route("/")
def index():
    return "ok\n"


@post("/orders")
def order():
    put(request.json)
    return {"accepted": request.json["id"]}


run(host="0.0.0.0", port=8000)
