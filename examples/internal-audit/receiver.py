"""Receives webhooks for the walkthrough and verifies each signature as Standard Webhooks 1.0.0 says.

receiver.py PORT FOLDER: reads FOLDER/secret, appends "type id" to FOLDER/received, and what fails to FOLDER/forged.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = pathlib.Path(sys.argv[2])


def verified(headers, body):
    secret = base64.b64decode((folder / "secret").read_text().strip().removeprefix("whsec_"))
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(f"v1,{expected}", one) for one in headers["webhook-signature"].split())


class Receiver(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = json.loads(body)
        good = verified(self.headers, body)
        with open(folder / ("received" if good else "forged"), "a", encoding="utf-8") as log:
            log.write(f'{message["type"]} {message["data"].get("id", "")}\n')
        self.send_response(204 if good else 400)
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
