from ctypes import CDLL

pq = CDLL("libpq.so")


def app(environ, start):
    start("200 OK", [])
    return [b"high water 04:12\n"]
