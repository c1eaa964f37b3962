"""What a file is called, what it is, and which part of it is asked for: the rules that need neither disk nor database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.errors import Invalid, TooLarge
from hubbub.files.model import NAME_BYTES, NAME_CHARACTERS, Claims, checked_claims, cleaned_name, disposition
from hubbub.files.ranges import part_of
from hubbub.files.sniffing import sniff

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        (r"..\..\windows\system.ini", "system.ini"),
        ("/etc/shadow", "shadow"),
        ("C:\\secret.txt", "secret.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066hidden\u2069.txt", "hidden.txt"),
        ("CON", "_CON"),
        ("lpt1.txt", "_lpt1.txt"),
        ("console.log", "console.log"),
        ("  a   b .txt. . ", "a b .txt"),
        ("..", "file"),
        ("", "file"),
        ("\u202e\x00", "file"),
        ("half\ud800.txt", "half.txt"),
        ("Ärger & Öl (2).pdf", "Ärger & Öl (2).pdf"),
        ("e\u0301.txt", "\u00e9.txt"),
    ],
)
def test_a_name_is_one_that_can_be_shown_and_kept(name, cleaned):
    assert cleaned_name(name) == cleaned


@given(st.text(max_size=400))
def test_no_name_leads_out_of_its_folder_or_breaks_a_header(name):
    cleaned = cleaned_name(name)
    header = disposition(cleaned, is_inline=False)

    assert 1 <= len(cleaned) <= NAME_CHARACTERS
    assert len(cleaned.encode()) <= NAME_BYTES
    assert not set(cleaned) & set("/\\\x00\r\n\u202e")
    assert cleaned not in (".", "..")
    assert cleaned_name(cleaned) == cleaned
    assert re.fullmatch(r"attachment; filename=\"[ -~]*\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+", header)
    assert header.count('"') == 2


def test_a_long_name_keeps_its_ending():
    assert cleaned_name("a" * 300 + ".tar").endswith("aaa.tar")
    assert cleaned_name("\N{PILE OF POO}" * 300 + ".png").endswith("\N{PILE OF POO}.png")
    assert len(cleaned_name("x." + "y" * 300)) == NAME_CHARACTERS


def test_a_name_beyond_ascii_is_said_in_both_ways():
    assert disposition('Ä "1".pdf', is_inline=True) == "inline; filename=\"_ _1_.pdf\"; filename*=UTF-8''%C3%84%20%221%22.pdf"


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        (Claims("a", 0), Invalid),
        (Claims("a", 11), TooLarge),
        (Claims("a", 1, duration=-1.0), Invalid),
        (Claims("a", 1, duration=float("nan")), Invalid),
        (Claims("a", 1, width=0), Invalid),
    ],
)
def test_what_cannot_be_is_refused(claims, error):
    with pytest.raises(error):
        checked_claims(claims, limit=10)


@pytest.mark.parametrize(
    ("head", "type", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg", "image"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
        (b"GIF89a/*<script>", "image/gif", "image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "image"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav", "audio"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "application/octet-stream", "file"),
        (b"OggS\x00\x02" + b"\0" * 22 + b"OpusHead", "audio/ogg", "audio"),
        (b"OggS\x00\x02" + b"\0" * 22 + b"\x80theora", "video/ogg", "video"),
        (WEBM + b"....A_OPUS", "audio/webm", "audio"),
        (WEBM + b"....V_VP9....A_OPUS", "video/webm", "video"),
        (WEBM.replace(b"webm", b"matr"), "video/x-matroska", "file"),
        (MP4 + b"....vide....soun", "video/mp4", "video"),
        (MP4 + b"....soun", "audio/mp4", "audio"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4", "audio"),
        (b"\x00\x00\x00\x18ftypheic", "application/octet-stream", "file"),
        (b"ID3\x04", "audio/mpeg", "audio"),
        (b"\xff\xfb\x90\x64", "audio/mpeg", "audio"),
        (b"\xff\xf1\x50\x80", "audio/aac", "audio"),
        (b"\xff\xfe\x41\x00", "application/octet-stream", "file"),
        (b"%PDF-1.7", "application/pdf", "file"),
        (b"PK\x03\x04", "application/zip", "file"),
        (b"<html><script>alert(1)</script>", "text/plain", "file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain", "file"),
        ("größer".encode() * 900, "text/plain", "file"),
        (b"\x7fELF\x02\x01\x01\x00", "application/octet-stream", "file"),
        (b"\xfftext", "application/octet-stream", "file"),
    ],
)
def test_a_type_comes_from_the_bytes(head, type, kind):
    assert (sniff(head).type, sniff(head).kind) == (type, kind)


def test_a_films_tracks_may_be_at_its_end():
    assert sniff(MP4, b"moov....soun").kind == "audio"
    assert sniff(MP4, b"moov....soun....vide").kind == "video"


@given(st.binary(max_size=64))
def test_any_bytes_have_a_type(head):
    assert "/" in sniff(head).type


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 10)),
        ("bytes=90-", (90, 10)),
        ("bytes=-10", (90, 10)),
        ("bytes=-1000", (0, 100)),
        ("bytes=0-1000", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=9-3", (0, 100)),
        ("bytes=-", (0, 100)),
        ("bytes=0-1,2-3", (0, 100)),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(10_000)), (0, 100)),
        ("lines=0-1", (0, 100)),
        ("bytes=1e3-", (0, 100)),
        ("bytes=" + "9" * 5000, (0, 100)),
    ],
)
def test_one_range_is_honoured_and_several_are_the_whole(header, part):
    assert part_of(header, 100) == part
