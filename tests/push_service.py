"""A push service of our own, over TLS, and browsers that have what only they can open."""

import asyncio
import base64
import datetime
import ipaddress
import json
import os
import ssl
from contextlib import asynccontextmanager
from unittest.mock import patch

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from hubbub.notifications import pushing
from hubbub.outgoing import guard
from owned_server import OwnedServer

HERE = ipaddress.ip_address("127.0.0.1")


class Browser:
    """Something with a subscription, whose private half nobody else has."""

    def __init__(self, service, name):
        self.name = name
        self.service = service
        self.auth = os.urandom(16)
        self._private = ec.generate_private_key(ec.SECP256R1())

    @property
    def endpoint(self):
        return f"https://127.0.0.1:{self.service.port}/{self.name}"

    def subscription(self):
        point = self._private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": encoded(point), "auth": encoded(self.auth)}}

    @property
    def pushes(self):
        """What was pushed to it, opened."""
        return [json.loads(self.opened(body)) for _, body in self.service.posts.get(f"/{self.name}", [])]

    async def is_told(self, times=1):
        """Wait until it was pushed to so many times."""
        async with asyncio.timeout(30), self.service.posted:
            await self.service.posted.wait_for(lambda: len(self.pushes) >= times)

    def opened(self, body):
        return http_ece.decrypt(body, private_key=self._private, auth_secret=self.auth, version="aes128gcm")


class PushService:
    """Takes what is posted, and answers as it is told to."""

    def __init__(self):
        self.posts = {}
        self.answers = {}
        self.port = None
        self.posted = asyncio.Condition()

    def browser(self, name):
        return Browser(self, name)

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *lines = head.strip().split("\r\n")
        headers = dict(header.lower().split(": ", 1) for header in lines) | {"raw": head}
        body = await reader.readexactly(int(headers["content-length"]))
        path = line.split(" ")[1]
        self.posts.setdefault(path, []).append((headers, body))
        writer.write(b"HTTP/1.1 %d Whatever\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % self.answers.get(path, 201))
        await writer.drain()
        async with self.posted:
            self.posted.notify_all()


@asynccontextmanager
async def push_service(folder, patience=60.0):
    """The service and a TLS context that trusts it. Nobody gives up on it because a machine is busy."""
    with patch.object(guard, "CONNECT_SECONDS", patience), patch.object(pushing, "SEND_SECONDS", patience):
        async with _served(folder) as served:
            yield served


@asynccontextmanager
async def _served(folder):
    certificate, trusting = made_certificate(folder)
    service = PushService()
    server = OwnedServer(service.serve)
    _, service.port = await server.open(ssl=certificate)
    try:
        yield service, trusting
    finally:
        await server.close()


def is_signed(headers, key, audience):
    """Whether the header shows the key that browsers were given, and the token is signed with it for this service."""
    scheme, rest = headers["raw"].split("authorization: ", 1)[1].split("\r\n", 1)[0].split(" ", 1)
    fields = dict(field.strip().split("=", 1) for field in rest.split(","))
    signed, signature = fields["t"].rsplit(".", 1)
    claims = json.loads(decoded(signed.split(".")[1]))
    raw = decoded(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    public.verify(encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])), signed.encode(), ec.ECDSA(hashes.SHA256()))
    return scheme == "vapid" and fields["k"] == key and claims["aud"] == audience and claims["exp"] > 0


def encoded(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def made_certificate(folder):
    """A TLS context for a server on this machine, and one for clients, which trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "push service of a test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(HERE)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "push-service.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    certificate = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.load_cert_chain(file)
    return certificate, ssl.create_default_context(cafile=str(file))
