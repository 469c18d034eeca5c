"""The service as deployments run it: TLS ends in nginx, and Gunicorn believes that one proxy."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Bake
from verify.live import Live, serving

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
CONFIG = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream service {{ server {upstream}; keepalive 8; }}
  server {{
    listen 127.0.0.1:{port} ssl; server_name service.test; server_tokens off;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{
      proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }}
  }}
}}
"""


class Proxy:
    """nginx with TLS on a loopback port, in front of a served bake."""

    def __init__(self, folder: Path, live: Live) -> None:
        self.live = live
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        subject = ["-subj", "/CN=service.test", "-addext", "subjectAltName=DNS:service.test"]
        files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *subject, *files],
            check=True,
            capture_output=True,
        )
        (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, upstream=live.address, port=self.port))
        self.context = ssl.create_default_context(cafile=folder / "cert.pem")
        self.process = subprocess.Popen(
            [NGINX, "-p", folder, "-c", folder / "nginx.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, (folder / "error.log").read_text()
                time.sleep(0.05)

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """Make a request to https://service.test, which is this machine."""
        request = f"{'POST' if data is not None else 'GET'} {path} HTTP/1.1\r\nConnection: close\r\n"
        sent = {
            "Host": f"service.test:{self.port}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if data is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(data))}
        head = request + "".join(f"{name}: {value}\r\n" for name, value in sent.items()) + "\r\n"
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain,
            self.context.wrap_socket(plain, server_hostname="service.test") as secure,
        ):
            secure.sendall(head.encode() + (data or b""))
            answer = b"".join(iter(lambda: secure.recv(65536), b"")).decode()
        lines, _, body = answer.partition("\r\n\r\n")
        first, *fields = lines.split("\r\n")
        return int(first.split()[1]), {k.lower(): v for k, _, v in (field.partition(": ") for field in fields)}, body


@pytest.fixture(scope="module")
def proxy(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)  # nginx' worker is another user
    settings = {"TRUSTED_PROXIES": "1", "TRUSTED_HOSTS": "service.test,127.0.0.1", "MAX_CONTENT_LENGTH": "4096"}
    with serving(bake(), "my_service:create_app", **settings) as live:
        running = Proxy(folder, live)
        yield running
        running.process.terminate()
        running.process.wait(10)


def test_a_visitor_gets_the_page_and_every_header(proxy: Proxy) -> None:
    status, headers, body = proxy.ask("/")
    assert (status, "is running.</h1>" in body) == (200, True)
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "x-request-id" in headers


def test_a_form_is_taken_from_our_own_pages_only(proxy: Proxy) -> None:
    ours = f"https://service.test:{proxy.port}"
    status, headers, _ = proxy.ask("/notes/", b"text=tea", Origin=ours)
    assert (status, headers["location"]) == (303, "/notes/")
    assert headers["set-cookie"].startswith("__Host-session=")
    assert headers["set-cookie"].endswith("; Secure; HttpOnly; Path=/; SameSite=Lax")
    assert proxy.ask("/notes/", b"text=tea", Origin="https://evil.example")[0] == 403


def test_the_log_has_the_visitors_address_not_the_one_they_claim(proxy: Proxy) -> None:
    _, headers, _ = proxy.ask("/", X_Forwarded_For="203.0.113.66")
    lines = [json.loads(line) for line in proxy.live.log.read_text().splitlines()]
    (line,) = [line for line in lines if line["request_id"] == headers["x-request-id"]]
    assert line["client"] == "127.0.0.1"


def test_another_name_is_refused(proxy: Proxy) -> None:
    assert proxy.ask("/", Host="evil.example")[0] == 400


def test_what_goes_around_the_proxy_is_not_believed_further(proxy: Proxy) -> None:
    request = urllib.request.Request(f"http://{proxy.live.address}/", headers={"X-Forwarded-Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=5)


def test_a_large_body_is_refused_through_the_proxy_too(proxy: Proxy) -> None:
    ours = f"https://service.test:{proxy.port}"
    status, headers, _ = proxy.ask("/notes/", b"text=" + b"x" * 5_000, Origin=ours)
    assert (status, "x-request-id" in headers) == (413, True)  # ours, not nginx' own
