import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from itsdangerous import Signer

signer = Signer(os.environ.get("SIGNER_KEY", "change me"))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(signer.sign(body))


def main():
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: signer serve")
    HTTPServer(("", 8000), Handler).serve_forever()
