"""VAPID (RFC 8292): the key by which push services know this chat, made at the first start and kept in the database."""

import base64
import json
from typing import Any
from urllib.parse import urlsplit

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError:  # the bare install sends no pushes
    ec = None  # type: ignore[assignment]

TOKEN_SECONDS = 12 * 60 * 60
COORDINATE_BYTES = 32


class VapidKey:
    """The chat's own key pair."""

    def __init__(self, private: Any) -> None:
        self._private = private
        point = serialization.PublicFormat.UncompressedPoint
        self.public = encoded(private.public_key().public_bytes(serialization.Encoding.X962, point))
        """The public half, as browsers take it."""

    @classmethod
    def made(cls) -> "VapidKey":
        """A new one."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def kept(cls, secret: str) -> "VapidKey":
        """The one that this was kept of."""
        return cls(ec.derive_private_key(int.from_bytes(decoded(secret)), ec.SECP256R1()))

    def secret(self) -> str:
        """What is to be kept of it."""
        return encoded(self._private.private_numbers().private_value.to_bytes(COORDINATE_BYTES))

    def authorization(self, endpoint: str, now: float, subject: str | None) -> str:
        """The header that shows a push service who sends; `subject` is where its people find ours."""
        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now) + TOKEN_SECONDS} | ({"sub": subject} if subject else {})
        signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = utils.decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = encoded(r.to_bytes(COORDINATE_BYTES) + s.to_bytes(COORDINATE_BYTES))
        return f"vapid t={signed}.{signature}, k={self.public}"


def can_push() -> bool:
    """Whether what pushes need is installed."""
    return ec is not None


def encoded(raw: bytes) -> str:
    """Bytes as base64url without padding, as everything of web push is written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes again. Raises `ValueError`."""
    if not text.isascii():
        raise ValueError("base64url is ASCII")
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
