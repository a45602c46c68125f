from http.server import BaseHTTPRequestHandler, HTTPServer

from argon2 import PasswordHasher

hasher = PasswordHasher()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        secret = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(hasher.hash(secret).encode())


HTTPServer(("", 8080), Handler).serve_forever()
