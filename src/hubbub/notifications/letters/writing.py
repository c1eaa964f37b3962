"""What the letters say. Plain words and plain HTML, links to this chat only, and everything that people wrote as text."""

from html import escape
from typing import NamedTuple
from urllib.parse import quote

from hubbub.mailing import Letter

MOST_SHOWN = 20


class Item(NamedTuple):
    """A message in a letter."""

    room_id: str
    room_name: str
    """Empty for a direct room."""
    place: str
    """Where it stands, as its address on the page."""
    author: str
    words: str


def confirmation(chat: str, base: str, to: str, name: str, code: str) -> Letter:
    """The letter that shows an address to be somebody's."""
    link = f"{base}/#/email/confirm/{quote(code)}"
    lead = f"{name} wants {chat} to write to this address about messages that were missed."
    foot = "The link works for two days. If you did not ask for it, do nothing: no more letters will come."
    text = f"{lead}\n\nTo agree, open:\n{link}\n\n{foot}\n"
    html = _page(f"<p>{escape(lead)}</p>{_button(link, 'Yes, write to me')}<p>{escape(foot)}</p>")
    return Letter(to, f"Shall {chat} write to you?", text, html)


def digest(chat: str, base: str, to: str, stop_code: str, items: list[Item]) -> Letter:
    """The letter about what was missed."""
    count = len(items)
    subject = f"1 message for you in {chat}" if count == 1 else f"{count} messages for you in {chat}"
    shown, rest = items[:MOST_SHOWN], count - MOST_SHOWN
    more = f"And {rest} more." if rest > 0 else ""
    stop_page, stop_at_once = f"{base}/#/email/stop/{quote(stop_code)}", f"{base}/api/email/stop?code={quote(stop_code)}"
    foot = f"You get this because you have not read these messages in {chat} yet, at most once an hour."
    text = "\n".join([*_lines(base, shown), *([more, ""] if more else []), "-- ", foot, f"No more letters: {stop_page}", ""])
    html = _page(
        f"{''.join(_blocks(base, shown))}{f'<p>{escape(more)}</p>' if more else ''}{_button(f'{base}/#/unread', 'Catch up')}"
        f'<p style="color:#667">{escape(foot)} <a href="{escape(stop_page)}">No more letters</a></p>'
    )
    headers = {"List-Unsubscribe": f"<{stop_at_once}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Letter(to, subject, text, html, headers)


def _lines(base: str, items: list[Item]) -> list[str]:
    lines: list[str] = []
    for place, item in _with_headings(items):
        lines += ([place] if place else []) + [f"  {item.author}: {item.words}", f"  {base}/{item.place}", ""]
    return lines


def _blocks(base: str, items: list[Item]) -> list[str]:
    return [_heading(place) + _block(base, item) for place, item in _with_headings(items)]


def _heading(place: str) -> str:
    return f'<h2 dir="auto" style="font-size:1rem;margin:1.5em 0 0.5em">{escape(place)}</h2>' if place else ""


def _block(base: str, item: Item) -> str:
    link = escape(f"{base}/{item.place}")
    return f'<p dir="auto" style="margin:0.5em 0"><a href="{link}"><b>{escape(item.author)}</b></a> {escape(item.words)}</p>'


def _with_headings(items: list[Item]) -> list[tuple[str, Item]]:
    """Each message, with its room's name where another room begins."""
    rooms: dict[str, list[Item]] = {}
    for item in items:
        rooms.setdefault(item.room_id, []).append(item)
    return [
        ((item.room_name or "Direct messages") if not at else "", item) for in_room in rooms.values() for at, item in enumerate(in_room)
    ]


def _button(link: str, words: str) -> str:
    style = "display:inline-block;padding:0.6em 1.2em;border-radius:8px;background:#3b5bdb;color:#fff;text-decoration:none"
    return f'<p style="margin:1.5em 0"><a href="{escape(link)}" style="{style}">{escape(words)}</a></p>'


def _page(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><body style="font:16px/1.5 system-ui,sans-serif;'
        f'max-width:36rem;margin:2rem auto;padding:0 1rem">{body}</body></html>'
    )
