"""Reads what a page says of itself in its head: a bounded piece of somebody else's HTML, taken apart by a real parser."""

import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

from hubbub.outgoing import Answer
from hubbub.previews.model import Found

PAGES = ("text/html", "application/xhtml+xml")
ACCEPT = ",".join(PAGES)
PAGE_BYTES = 256 * 1024
# Elements that are open at once cost the parser the square of their number.
MOST_TAGS = 3000
MOST_METAS = 300
TITLE_LENGTH, DESCRIPTION_LENGTH, SITE_LENGTH = 200, 300, 80

# What the web is written in. Python knows more codecs, some of which are slow, and some no encodings.
_ENCODING = re.compile(r"utf-8|windows-125\d|iso-8859-\d\d?|koi8-[ru]|shift[_-]jis|euc-jp|gb2312|gbk|gb18030|big5|euc-kr|us-ascii")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
# They would turn the words around them.
_DIRECTIONS = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def found_on(answer: Answer) -> Found | None:
    """What the page says of itself; None when it is no page, or has no title."""
    kind, _, parameters = answer.headers.get("content-type", "").partition(";")
    if answer.status != 200 or kind.strip().lower() not in PAGES:
        return None
    text = answer.body.decode(_encoding(parameters, answer.body), "replace")
    parser = LexborHTMLParser("<".join(text.split("<", MOST_TAGS)[:MOST_TAGS]))
    said = _said(parser)
    title = _clean(said.get("og:title") or said.get("twitter:title") or _title(parser), TITLE_LENGTH)
    if not title:
        return None
    description = said.get("og:description") or said.get("twitter:description") or said.get("description", "")
    return Found(title, _clean(description, DESCRIPTION_LENGTH), _clean(said.get("og:site_name", ""), SITE_LENGTH))


def _encoding(parameters: str, body: bytes) -> str:
    """As the answer says, or the page at its beginning, or the one that nearly all use."""
    told = _CHARSET.search(parameters) or _CHARSET.search(body[:1024].decode("latin-1"))
    name = told[1].lower() if told else ""
    return name if _ENCODING.fullmatch(name) else "utf-8"


def _said(parser: LexborHTMLParser) -> dict[str, str]:
    """The page's own words about itself, by name; of several with one name the first."""
    said: dict[str, str] = {}
    for meta in parser.css("meta")[:MOST_METAS]:
        given = meta.attributes
        name, content = given.get("property") or given.get("name"), given.get("content")
        if name and content:
            said.setdefault(name.strip().lower(), content)
    return said


def _title(parser: LexborHTMLParser) -> str:
    title = parser.css_first("title")
    return title.text() if title else ""


def _clean(words: str, most: int) -> str:
    """On one line, without what cannot be seen and what turns the text around it, and not too long."""
    # More than will be kept is looked at, because much of it may be spaces.
    seen = "".join(_seen(character) for character in words[: most * 10].translate(_DIRECTIONS))
    line = " ".join(seen.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _seen(character: str) -> str:
    return " " if unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co") else character
