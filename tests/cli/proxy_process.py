"""The guide's nginx and Caddy as private processes of ours, in front of a real server, and who comes through them."""

import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

import httpx2
import pytest
from hubbub_process import PATIENCE, environment
from websockets.asyncio.client import connect

GUIDE = Path(__file__).parents[2] / "docs" / "deploying.md"
PREFIX = "/shop/"
TRIES = 3

# What a machine's own configuration has around the guide's server: everything in one folder, and not in the background.
NGINX = """
{user}
daemon off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
access_log off;
client_body_temp_path body;
proxy_temp_path proxy;
fastcgi_temp_path fastcgi;
uwsgi_temp_path uwsgi;
scgi_temp_path scgi;
{guide}
}}
"""
CADDY = """
{{
admin off
auto_https off
default_bind 127.0.0.1
}}
{guide}
"""


def blocks(language):
    """What the guide has of a language, in its order."""
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def program(name):
    """The path of a program; without it the test is skipped."""
    # Debian has servers where only root looks.
    path = shutil.which(name, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if path is None:
        pytest.skip(f"This test needs {name}. Get it with: apt-get install {name}")
    return path


class Certificate:
    """A certificate for 127.0.0.1 that only these tests believe."""

    def __init__(self, folder):
        self.file, self.key = folder / "site.pem", folder / "site.key"
        command = [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        says = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "keyUsage=digitalSignature,keyCertSign"]
        made = [*command, *says, "-out", self.file, "-keyout", self.key]
        subprocess.run(made, check=True, capture_output=True, timeout=PATIENCE)
        self.believed = ssl.create_default_context(cafile=self.file)


class Proxy(ABC):
    """One of the guide's configurations, with our ports, paths and certificate put in, from when it listens."""

    def __init__(self, folder, upstream, certificate, *, strips=False, idle_seconds=None):
        folder.mkdir()
        self.path = PREFIX if strips else "/"
        self._folder = folder
        for _ in range(TRIES):
            # Proxies take ports, not sockets: until this one listens its port may become somebody else's.
            if self._starts(upstream.port, certificate, strips, idle_seconds):
                return
        raise AssertionError(f"It does not run as the guide has it: {(folder / 'log').read_text()}")

    @property
    def origin(self):
        return f"https://127.0.0.1:{self.port}"

    def _starts(self, upstream_port, certificate, strips, idle_seconds):
        folder = self._folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command, text = self.configured(upstream_port, certificate, strips, idle_seconds)
        (folder / "configuration").write_text(text)
        variables = environment(HOME=str(folder), XDG_CONFIG_HOME=str(folder), XDG_DATA_HOME=str(folder))
        with (folder / "log").open("wb") as log:
            # In a group of its own, so that none of its workers is left behind.
            self._process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log, start_new_session=True)
        try:
            return self._listens()
        except BaseException:
            self.ends()
            raise

    @abstractmethod
    def configured(self, port, certificate, strips, idle_seconds):
        """The command to run in the folder, and the configuration."""

    def ends(self):
        """Stop it, and whatever it started."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _listens(self):
        """Wait until it listens; whether it did before it ended."""
        until = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                # Somebody else's would be answered too.
                return self._process.poll() is None
            assert time.monotonic() < until, f"It does not listen: {(self._folder / 'log').read_text()}"
            time.sleep(0.02)
        return False


class Nginx(Proxy):
    """nginx; with `strips` the guide's other location is in place of the first one."""

    def configured(self, port, certificate, strips, idle_seconds):
        server, location = blocks("nginx")
        server = put_in(server, r"listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;")
        server = put_in(server, r"ssl_certificate .+;", f"ssl_certificate {certificate.file};")
        server = put_in(server, r"ssl_certificate_key .+;", f"ssl_certificate_key {certificate.key};")
        if idle_seconds:
            server = put_in(server, r"proxy_read_timeout 120s;", f"proxy_read_timeout {idle_seconds}s;")
        if strips:
            server = put_in(server, r"location / \{[^}]*\}", location)
        server = put_in(server, r"127\.0\.0\.1:8000", f"127.0.0.1:{port}")
        # Root's workers would be somebody who may not look into the folder; who is not root cannot choose.
        user = "user root;" if os.geteuid() == 0 else ""
        command = [program("nginx"), "-e", "stderr", "-p", f"{self._folder}/", "-c", self._folder / "configuration"]
        return command, NGINX.format(user=user, guide=server)


class Caddy(Proxy):
    """Caddy; it gets our certificate, because nobody gives it one for a machine that is not on the internet."""

    def configured(self, port, certificate, strips, idle_seconds):
        site = blocks("caddyfile")[strips]
        site = put_in(site, r"^[\w.]*example\.org \{", f"{self.origin} {{\ntls {certificate.file} {certificate.key}")
        upstream = f"127.0.0.1:{port}"
        if idle_seconds:
            upstream = f"{upstream} {{\ntransport http {{\nread_timeout {idle_seconds}s\n}}\n}}"
        site = put_in(site, r"127\.0\.0\.1:8000", upstream)
        return [program("caddy"), "run", "--config", "configuration", "--adapter", "caddyfile"], CADDY.format(guide=site)


def put_in(text, expected, ours):
    """The guide's words with ours in place of these."""
    changed, count = re.subn(expected, lambda _found: ours, text, flags=re.MULTILINE)
    assert count == 1, f"The guide has {expected!r} {count} times, and this test puts its own there once:\n{text}"
    return changed


class Visitor:
    """A browser, or a program, that comes through the proxy.

    Its WebSockets are asyncio's: with a thread that reads beside one that writes, TLS may stand still for ever.
    """

    def __init__(self, proxy, certificate, *, address="127.0.0.1", chat=""):
        self._believed = certificate.believed
        self._site = f"{proxy.origin}{proxy.path}"
        self.origin = proxy.origin
        self.chat = f"{self._site}{chat}"
        transport = httpx2.AsyncHTTPTransport(verify=self._believed, local_address=address)
        self.http = httpx2.AsyncClient(base_url=self._site, transport=transport, headers={"Origin": self.origin}, timeout=PATIENCE)

    def websocket(self, *, origin=None, subprotocols=("hubbub.v1",)):
        """A WebSocket as a page of this origin opens it, with the cookies that there are. It sends no pings of its own."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        headers = {"Origin": origin or self.origin, "Cookie": cookies}
        return connect(
            f"wss{self.chat.removeprefix('https')}ws",
            ssl=self._believed,
            subprotocols=subprotocols or None,
            additional_headers=headers,
            proxy=None,
            compression=None,
            ping_interval=None,
            open_timeout=PATIENCE,
        )
