from flask import Flask

from mail import send

app = Flask(__name__)


@app.post("/statements")
def statements():
    send({"to": "owner@example.com", "cc" : "books@example.com"})
    return "sent"
