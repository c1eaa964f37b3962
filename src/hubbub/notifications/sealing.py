"""What is pushed is sealed for one browser (RFC 8291): the push service that carries it can read none of it."""

import os

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:  # the bare install sends no pushes
    pass

SALT_BYTES = 16
POINT_BYTES = 65
AUTH_BYTES = 16
RECORD_BYTES = 4096
MOST_BYTES = 3993
"""What fits into the one record that every push service takes."""
LAST_RECORD = b"\x02"


def seal(payload: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """The payload, to be read with the private half of the browser's key alone. Raises `ValueError` for what is no key."""
    own = ec.generate_private_key(ec.SECP256R1())
    return sealed_with(own, os.urandom(SALT_BYTES), payload, p256dh, auth)


def sealed_with(own: "ec.EllipticCurvePrivateKey", salt: bytes, payload: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """The same with a key pair and a salt that are given, each of which is good for one payload only."""
    shared = own.exchange(ec.ECDH(), checked_key(p256dh))
    own_point = own.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    secret = _derived(auth, b"WebPush: info\x00" + p256dh + own_point, 32, shared)
    key = _derived(salt, b"Content-Encoding: aes128gcm\x00", 16, secret)
    nonce = _derived(salt, b"Content-Encoding: nonce\x00", 12, secret)
    header = salt + RECORD_BYTES.to_bytes(4) + len(own_point).to_bytes(1) + own_point
    return header + AESGCM(key).encrypt(nonce, payload + LAST_RECORD, None)


def checked_key(p256dh: bytes) -> "ec.EllipticCurvePublicKey":
    """The browser's public key. Raises `ValueError` for what is none."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)


def _derived(salt: bytes, info: bytes, length: int, material: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
