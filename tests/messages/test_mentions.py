"""Who is mentioned: what follows an @, up to the end of some word, is the longest name that a member has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.accounts.model import name_key
from hubbub.messages.model import NAMES_LOOKED_UP, names_that_may_be_meant, who_is_meant

CAST = {name_key(name): name for name in ("ada", "Ada Lovelace", "grace", "J\u00f6rg", "o'neil", "R2-D2", "\u674e\u96f7", "bob_2")}


def meant(text):
    return who_is_meant(text, CAST)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ada", ["ada"]),
        ("@Ada", ["ada"]),
        ("@ADA LOVELACE!", ["Ada Lovelace"]),
        ("@ada lovelace wrote", ["Ada Lovelace"]),
        ("@ada lovelaces", ["ada"]),
        ("@ada, @grace", ["ada", "grace"]),
        ("@grace @ada @grace", ["grace", "ada"]),
        ("(@grace)", ["grace"]),
        ("@grace.", ["grace"]),
        ("hi,@grace", ["grace"]),
        ("@@grace", ["grace"]),
        ("*@grace*", ["grace"]),
        ("_@grace_", []),
        ("@graces", []),
        ("@ grace", []),
        ("me@grace", []),
        ("me.too@grace", []),
        ("1@grace", []),
        ("@J\u00f6rg", ["J\u00f6rg"]),
        ("@JO\u0308RG", ["J\u00f6rg"]),
        ("@o'neil's", ["o'neil"]),
        ("@r2-d2", ["R2-D2"]),
        ("@\u674e\u96f7", ["\u674e\u96f7"]),
        ("\u4f60\u597d @\u674e\u96f7\uff0c", ["\u674e\u96f7"]),
        ("@bob_2", ["bob_2"]),
        ("@bob", []),
        ("@", []),
        ("", []),
        ("@nobody @ada", ["ada"]),
        ("@ada\nlovelace", ["ada"]),
        ("@room", ["@room"]),
        ("tea, @room! @ada", ["@room", "ada"]),
        ("@rooms @Room @ room", []),
        ("@here, @ada: @room", ["@here", "ada", "@room"]),
        ("@heres @Here me@here", []),
    ],
)
def test_who_is_meant(text, expected):
    assert meant(text) == expected


def test_the_longest_name_wins():
    assert who_is_meant("@a b c d", {"a": "1", "a b": "2", "a b c d": "4"}) == ["4"]
    assert who_is_meant("@a b c x", {"a": "1", "a b": "2", "a b c d": "4"}) == ["2"]


def test_somebody_who_is_called_room_is_who_is_meant():
    assert who_is_meant("@room", {"room": "1"}) == ["1"]


@given(st.text(alphabet="@ab \n._\u0308", max_size=60), st.sets(st.sampled_from(["a", "ab", "a b", "b a b", "a.b", "a_b"])))
def test_whoever_is_meant_is_among_the_names_looked_up(text, names):
    ids = {name_key(name): name for name in names}

    assert {name_key(name) for name in who_is_meant(text, ids)} <= set(names_that_may_be_meant(text))


def test_a_text_full_of_ats_is_looked_up_in_bounds():
    text = "@a b c d e f g h i j k l m n o p " * 240

    assert len(names_that_may_be_meant(text)) <= NAMES_LOOKED_UP
    assert len(names_that_may_be_meant(" ".join(f"@name{n}" for n in range(2000)))) == NAMES_LOOKED_UP
