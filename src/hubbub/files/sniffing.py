"""What a file is by its own bytes, whatever its name says. Pure, and short on purpose: it knows what a browser may be shown."""

from dataclasses import dataclass
from typing import Literal

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 256 * 1024
"""Where a film's list of tracks may be instead."""

Kind = Literal["image", "video", "audio", "file"]

UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A media type, and what can be done with it."""

    type: str
    kind: Kind = "file"


_BY_MAGIC: list[tuple[bytes, Sniffed]] = [
    (b"\xff\xd8\xff", Sniffed("image/jpeg", "image")),
    (b"\x89PNG\r\n\x1a\n", Sniffed("image/png", "image")),
    (b"GIF87a", Sniffed("image/gif", "image")),
    (b"GIF89a", Sniffed("image/gif", "image")),
    (b"fLaC", Sniffed("audio/flac", "audio")),
    (b"ID3", Sniffed("audio/mpeg", "audio")),
    (b"%PDF-", Sniffed("application/pdf")),
    (b"PK\x03\x04", Sniffed("application/zip")),
    (b"\x1f\x8b", Sniffed("application/gzip")),
    (b"7z\xbc\xaf\x27\x1c", Sniffed("application/x-7z-compressed")),
]
_IN_RIFF = {
    b"WEBP": Sniffed("image/webp", "image"),
    b"WAVE": Sniffed("audio/wav", "audio"),
}
_FILM_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV", b"qt  ")
_SOUND_BRANDS = (b"M4A ", b"M4B ")


def sniff(head: bytes, tail: bytes = b"") -> Sniffed:
    """What begins with `head` and ends with `tail`: a type that is known here, else text or just bytes."""
    for magic, known in _BY_MAGIC:
        if head.startswith(magic):
            return known
    if head[:4] == b"RIFF" and head[8:12] in _IN_RIFF:
        return _IN_RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _mp4(head, tail)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _matroska(head)
    if head[:4] == b"OggS":
        return Sniffed("video/ogg", "video") if b"\x80theora" in head[:4096] else Sniffed("audio/ogg", "audio")
    return _mpeg_frames(head) or (Sniffed("text/plain") if _is_text(head) else Sniffed(UNKNOWN))


def _mp4(head: bytes, tail: bytes) -> Sniffed:
    brand = head[8:12]
    if brand in _SOUND_BRANDS:
        return Sniffed("audio/mp4", "audio")
    if brand not in _FILM_BRANDS:
        return Sniffed(UNKNOWN)  # such as HEIC, which browsers do not show
    tracks = head + tail
    if b"soun" in tracks and b"vide" not in tracks:
        return Sniffed("audio/mp4", "audio")
    return Sniffed("video/mp4", "video")


def _matroska(head: bytes) -> Sniffed:
    if b"webm" not in head[:64]:
        return Sniffed("video/x-matroska")
    has_pictures = any(codec in head for codec in (b"V_VP8", b"V_VP9", b"V_AV1"))
    return Sniffed("video/webm", "video") if has_pictures else Sniffed("audio/webm", "audio")


def _mpeg_frames(head: bytes) -> Sniffed | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 3
    if layer == 0 and head[1] & 0xF6 == 0xF0:
        return Sniffed("audio/aac", "audio")
    has_sound_rates = head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3
    return Sniffed("audio/mpeg", "audio") if layer == 1 and head[1] >> 3 & 3 != 1 and has_sound_rates else None


def _is_text(head: bytes) -> bool:
    if not head or any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head[:4096]):
        return False
    try:
        head[:4096].decode()
    except UnicodeDecodeError as error:
        # A letter may have been cut in two at the end.
        return len(head) >= 4096 and error.start > 4092
    return True
