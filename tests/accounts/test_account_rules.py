"""The rules among accounts that need no database: names, passwords, labels, preferences, who may do what."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubbub.accounts.model import (
    User,
    checked_label,
    checked_name,
    checked_password,
    client_name,
    may_deactivate,
    may_invite,
    may_manage,
    may_see_users,
    merged_preferences,
    name_key,
)
from hubbub.errors import Invalid, TooLarge

ROLES = ("owner", "admin", "member", "guest")


def somebody(role):
    return User("0" * 16, "human", role, role)


@pytest.mark.parametrize("name", ["ada", "Ada Lovelace", "李小龍", "Zoë", "o'brien", "a", "x" * 64, "ada-2", "🦊 fox", "नमस्ते"])
def test_a_plain_name_stays_as_it_is(name):
    assert checked_name(name) == unicodedata.normalize("NFKC", name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "1 to 64"),
        ("   ", "1 to 64"),
        ("x" * 65, "has 65"),
        ("x" * 1_000_000, "1 to 64"),
        ("\ufdfa" * 10, "1 to 64"),  # one character that normalises to eighteen
        ("ada@home", "no @"),
        ("ada\uff20home", "no @"),  # a wide @
        ("ada/grace", "no /"),
        ("ada  lovelace", "single spaces"),
        ("ada\tlovelace", "U+0009"),
        ("ada\nlovelace", "U+000A"),
        ("ada\x00", "U+0000"),
        ("ada\u202elovelace", "U+202E"),  # turns the writing direction
        ("ada\u2066", "U+2066"),
        ("a\u200bda", "U+200B"),  # a space of no width
        ("a\u200dda", "U+200D"),
        ("ada\u2028x", "U+2028"),
        ("ada\u3164", "U+1160"),  # a letter that draws nothing
        ("\u2800", "U+2800"),
        ("ada\ufe0f", "U+FE0F"),
        ("ada\U000e0041", "U+E0041"),
        ("ada\ud800", "U+D800"),  # half a character
        ("\u0301ada", "accent"),
    ],
)
def test_a_name_that_could_mislead_is_refused_and_the_error_says_why(name, why):
    with pytest.raises(Invalid, match=why.replace("+", r"\+")) as refused:
        checked_name(name)
    assert refused.value.field == "name"


def test_spaces_around_a_name_are_taken_off():
    assert checked_name("  ada\u00a0lovelace ") == "ada lovelace"


@given(st.text(max_size=80))
@example("\u2028")
@example("\u1160a")
def test_a_name_that_passes_is_safe_to_show(text):
    try:
        name = checked_name(text)
    except Invalid:
        return
    assert 1 <= len(name) <= 64
    assert name.isprintable()
    assert name == name.strip()
    assert not set(name) & set("@/")
    assert checked_name(name) == name
    assert name.encode().decode() == name


@given(st.text(max_size=80))
@example("\u0345\u0399")
@example("İstanbul")
def test_a_key_is_its_own_key_so_comparing_never_depends_on_the_spelling(text):
    assert name_key(name_key(text)) == name_key(text)
    assert name_key(text.upper().lower()) == name_key(name_key(text.upper().lower()))


@pytest.mark.parametrize(
    ("one", "other"), [("Ada", "ada"), ("\uff21\uff24\uff21", "ada"), ("Straße", "STRASSE"), ("Zoe\u0308", "zoë"), (" ada ", "ada")]
)
def test_names_that_look_the_same_have_one_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("length", [8, 9, 255, 256])
def test_a_password_of_a_right_length_passes(length):
    assert checked_password("p" * length) == "p" * length


@pytest.mark.parametrize("length", [0, 7, 257, 1_000_000])
def test_a_password_of_a_wrong_length_is_refused_without_being_repeated(length):
    with pytest.raises(Invalid, match=f"has {length}") as refused:
        checked_password("p" * length, field="new")
    assert refused.value.field == "new"
    assert "pppp" not in refused.value.message


def test_a_token_needs_a_name_that_can_be_printed():
    assert checked_label("  deploy bot ") == "deploy bot"
    for bad in ("", "  ", "x" * 101, "a\x1b[31m"):
        with pytest.raises(Invalid):
            checked_label(bad)


def test_what_a_client_calls_itself_is_cut_and_cleaned():
    assert client_name("Firefox/150\r\n\x1b[31m") == "Firefox/150[31m"
    assert len(client_name("x" * 100_000)) == 200


def test_preferences_merge_and_null_takes_a_key_out():
    assert merged_preferences({"theme": "dark", "size": 2}, {"size": None, "sound": False}) == {"theme": "dark", "sound": False}


def test_preferences_are_bounded_as_a_whole():
    with pytest.raises(TooLarge):
        merged_preferences({"a": "x" * 5000}, {"b": "x" * 5000})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_preferences_that_json_cannot_carry_are_refused(value):
    with pytest.raises(Invalid):
        merged_preferences({}, {"x": value})


def test_preferences_nested_without_end_are_refused():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(Invalid):
        merged_preferences({}, {"x": nested})


def test_guests_neither_invite_nor_see_everybody():
    assert [may_invite(somebody(role)) for role in ROLES] == [True, True, True, False]
    assert [may_see_users(somebody(role)) for role in ROLES] == [True, True, True, False]


def test_owners_and_admins_look_after_the_chat():
    assert [may_manage(somebody(role)) for role in ROLES] == [True, True, False, False]


def test_an_owner_may_deactivate_anybody_and_an_admin_anybody_but_owners():
    table = {actor: [may_deactivate(somebody(actor), somebody(target)) for target in ROLES] for actor in ROLES}
    assert table == {
        "owner": [True, True, True, True],
        "admin": [False, True, True, True],
        "member": [False] * 4,
        "guest": [False] * 4,
    }


def test_a_user_shows_others_only_the_person():
    ada = User("a" * 16, "human", "owner", "ada", avatar=None)
    assert ada.person() == {"id": "a" * 16, "name": "ada", "kind": "human"}
    assert ada.as_json() == {**ada.person(), "role": "owner", "avatar": None}
