"""What counts as an emoji, held against the list of all of them that the browser client is served with."""

import json
from pathlib import Path

import pytest

import hubbub.web
from hubbub.errors import Invalid
from hubbub.reactions.emoji import checked_emoji, is_same_emoji

EVERY_EMOJI = json.loads((Path(hubbub.web.__file__).parent / "vendor" / "emoji.json").read_text())


def test_every_emoji_there_is_is_one():
    known = [each["unicode"] for emoji in EVERY_EMOJI if "order" in emoji for each in (emoji, *emoji.get("skins", ()))]

    assert len(known) > 3000
    assert [emoji for emoji in known if checked_emoji(emoji) != emoji] == []


@pytest.mark.parametrize("text", ["", "a", "7", "*", "\u200d", "\ufe0f", "\U0001f1e6", "\u2764\u2764", "\u2764 ", "\u00df", "\u4e2d"])
def test_what_is_none_is_refused(text):
    with pytest.raises(Invalid):
        checked_emoji(text)


def test_the_mark_for_colour_makes_no_other_emoji():
    assert is_same_emoji("\u2764", "\u2764\ufe0f")
    assert not is_same_emoji("\u2764", "\u2763")
