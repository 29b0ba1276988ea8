"""Counts requests, and says with each whether what it remembers of them is still sound."""

import hashlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

remembered = {}
digest = hashlib.sha256()
lock = threading.Lock()


def remember():
    with lock:
        number = len(remembered) + 1
        remembered[number] = "request %d" % number
        digest.update(remembered[number].encode())
        again = hashlib.sha256("".join(remembered[i] for i in range(1, number + 1)).encode())
        return number, again.hexdigest() == digest.hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served = 0

    def do_GET(self):
        self.served += 1
        number, sound = remember()
        body = ("%d %d %s\n" % (number, self.served, "sound" if sound else "broken")).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *values):
        with open("requests", "a") as log:
            log.write("%s\n" % (text % values))


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
