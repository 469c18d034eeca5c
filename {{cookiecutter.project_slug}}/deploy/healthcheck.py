"""Exit 0 when the service in this container answers /healthz (the image has no curl)."""

import http.client
import os
import sys

port = int(os.environ.get("BIND", ":8000").rpartition(":")[2])
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
connection.request("GET", "/healthz")
sys.exit(connection.getresponse().status != 200)
