"""What a preview is, which links of a message have one, and the rules that need no database."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

MOST_PREVIEWS = 3
LINK_LENGTH = 2000

Preview = dict[str, Any]
"""`n`, which stays with it, `url`, `title`, and where there is one `description` and `site`."""


class Found(NamedTuple):
    """What a page says of itself."""

    title: str
    description: str
    site: str

    def preview(self, n: int, url: str) -> Preview:
        """As a message has it."""
        said = {"description": self.description, "site": self.site}
        return {"n": n, "url": url, "title": self.title} | {name: words for name, words in said.items() if words}


_FENCE = re.compile(r" {0,3}(```|~~~)")
# Code, and what one is not to see before one asks for it.
_HIDDEN = re.compile(r"`+[^`]*`+|\|\|.*?\|\|", re.DOTALL)
_LINK = re.compile(r"(?<!\w)https?://[^\s<>\"'`\[\]{}|\\^\x00-\x1f]+", re.IGNORECASE)
_NEVER_LAST = frozenset(".,;:!?*_~")


def links_of(text: str) -> list[str]:
    """The links of a message that may have a preview: the first few, each once, and none that are code or hidden."""
    if "://" not in text:
        return []
    found = (match[0] for match in _LINK.finditer(_HIDDEN.sub(" ", _without_blocks(text))))
    return list(dict.fromkeys(_trimmed(link) for link in found if len(link) <= LINK_LENGTH))[:MOST_PREVIEWS]


def still_linked(previews: Sequence[Preview], text: str) -> list[Preview]:
    """Those previews whose links the text still has."""
    links = links_of(text)
    return [preview for preview in previews if preview["url"] in links]


def with_found(previews: Sequence[Preview], found: dict[str, Found], text: str) -> list[Preview]:
    """The previews of a message after some were found for links that it still has."""
    there = {preview["url"] for preview in previews}
    new = [link for link in links_of(text) if link in found and link not in there]
    first = max((preview["n"] for preview in previews), default=-1) + 1
    numbered = [found[link].preview(n, link) for n, link in enumerate(new, first)]
    return [*previews, *numbered][:MOST_PREVIEWS]


def _without_blocks(text: str) -> str:
    """The text without its blocks of code."""
    lines, fence = [], None
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and fence in (None, mark[1]):
            fence = None if fence else mark[1]
        elif fence is None:
            lines.append(line)
    return "\n".join(lines)


def _trimmed(link: str) -> str:
    """Without what belongs to the sentence around it: its full stop, and a bracket that was opened before."""
    while link[-1] in _NEVER_LAST or (link[-1] == ")" and link.count(")") > link.count("(")):
        link = link[:-1]
    return link
