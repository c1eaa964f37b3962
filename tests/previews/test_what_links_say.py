"""Which links a message has, and what a page says of itself, whatever its author wrote into it."""

import time

import pytest

from hubbub.outgoing import Answer
from hubbub.previews.model import Found, links_of, still_linked, with_found
from hubbub.previews.page import PAGE_BYTES, found_on


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("no link at all", []),
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("HTTP://A.example and http://b.example/?q=1&r=2#top!", ["HTTP://A.example", "http://b.example/?q=1&r=2#top"]),
        ("(https://a.example/x_(y)) and (https://a.example/z)", ["https://a.example/x_(y)", "https://a.example/z"]),
        ("[words](https://a.example/a),[more](https://a.example/b)", ["https://a.example/a", "https://a.example/b"]),
        ("<https://a.example> **https://b.example**", ["https://a.example", "https://b.example"]),
        ("https://a.example https://a.example", ["https://a.example"]),
        ("`https://a.example` ``https://b.example``", []),
        ("```\nhttps://a.example\n```\nhttps://b.example", ["https://b.example"]),
        ("~~~\nhttps://a.example", []),
        ("||https://a.example|| https://b.example", ["https://b.example"]),
        ("ftp://a.example javascript://a.example xhttps://a.example", []),
        ("https://" + "a" * 3000 + " https://b.example", ["https://b.example"]),
        (" ".join(f"https://{n}.example" for n in range(5)), ["https://0.example", "https://1.example", "https://2.example"]),
    ],
)
def test_the_links_of_a_message(text, links):
    assert links_of(text) == links


def test_a_preview_keeps_its_number():
    found = {link: Found(link[-1], "", "") for link in ("http://x/a", "http://x/b", "http://x/c")}
    both = with_found([], found, "http://x/a http://x/b")
    assert [(preview["n"], preview["title"]) for preview in both] == [(0, "a"), (1, "b")]
    left = still_linked(both, "http://x/b http://x/c")
    assert left == both[1:]
    assert [preview["n"] for preview in with_found(left, found, "http://x/b http://x/c")] == [1, 2]


def page(body, *, status=200, **headers):
    named = {"content-type": "text/html"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("https://a.example/", status, named, body if isinstance(body, bytes) else body.encode(), True)


def test_a_page_says_it_best_for_others():
    said = found_on(
        page(
            "<head><title>Title</title><meta property=og:title content='A &amp; B'><meta name=description content=plain>"
            "<meta property='og:description' content='For others'><meta property=og:site_name content=Site>"
        )
    )
    assert said == Found("A & B", "For others", "Site")
    assert found_on(page("<title>\n Only\ta   title </title>")) == Found("Only a title", "", "")


@pytest.mark.parametrize(
    "answer",
    [
        page("<title>x</title>", status=404),
        page("<title>x</title>", content_type="text/plain"),
        page("<title>x</title>", content_type=""),
        page("<p>no title"),
        page("<title> \u202e </title>"),
        page(b""),
        page(b"\xff\xfe\x00\x00"),
    ],
)
def test_what_is_no_page_says_nothing(answer):
    assert found_on(answer) is None


def test_what_a_stranger_wrote_stays_on_its_line():
    said = found_on(page("<title>a\u202egnp.exe\u2066\x00\x1b[31m\nb</title>"))
    assert said.title == "agnp.exe [31m b" or said.title == "agnp.exe\ufffd [31m b"
    long = found_on(page(f"<title>{'x' * 5000}</title><meta name=description content='{'y ' * 5000}'>"))
    assert (len(long.title), long.title[-1]) == (200, "…")
    assert len(long.description) <= 300


@pytest.mark.parametrize(
    ("encoding", "kind", "before"),
    [
        ("windows-1251", "text/html; charset=Windows-1251", ""),
        ("shift_jis", "text/html", "<meta charset='shift_jis'>"),
        ("utf-8", "text/html; charset=idna", ""),
        ("utf-8", "text/html; charset=unicode_escape", ""),
    ],
)
def test_a_page_is_read_in_its_own_encoding(encoding, kind, before):
    words = "Чай" if encoding != "shift_jis" else "お茶"
    assert found_on(page(f"{before}<title>{words}</title>".encode(encoding), content_type=kind)).title == words


NASTY = ["<div>", "<a x=", "<a b='", "<!--", "</", "<b id=x>", "<a href=x><b><i><u>", "&#x1", "<table><tr><td>", "a=b ", "<svg><title>"]


@pytest.mark.parametrize("piece", NASTY)
def test_a_page_made_to_be_slow_is_read_all_the_same(piece):
    started = time.process_time()
    assert found_on(page("<title>t</title>" + piece * (PAGE_BYTES // len(piece)))).title == "t"
    # On this machine hundredths of a second; in the square of its length some of it would be minutes.
    assert time.process_time() - started < 20


@pytest.mark.parametrize("text", ["`" * 8000, "||" * 4000, "|| `" * 2000, "https://" * 1000, "https://a/" + ")" * 1900, "```\n" * 2000])
def test_a_message_made_to_be_slow_is_read_all_the_same(text):
    started = time.process_time()
    assert len(links_of(text)) <= 3
    assert time.process_time() - started < 5
