"""Identities of the host map to users of the chat by a stable id; name, avatar and role follow the host."""

import logging

import pytest
from fastapi import Request

from hubbub import Identity

pytestmark = pytest.mark.anyio

NAMES = [
    ("Ada Lovelace", "Ada Lovelace"),
    ("  Ada\t Lovelace\n", "Ada Lovelace"),
    ("ada@example.org", "ada"),
    ("Ada (ada@example.org)", "Ada (ada example.org)"),
    ("ada/admin", "ada admin"),
    ("", "user 7"),
    (" \u200b\u3164 ", "user 7"),
    ("@", "user 7"),
    ("\u0301ada", "ada"),
    ("Ada \u2764\ufe0f", "Ada \u2764"),
    ("\ud800ada\x00", "ada"),
    ("x" * 300, "x" * 64),
]


class Directory:
    """A host that knows people by a header."""

    def __init__(self):
        self.people = {}

    async def current_user(self, request: Request):
        return self.people.get(request.headers.get("x-user"))

    def has(self, key, **identity):
        self.people[key] = Identity(**identity)


@pytest.fixture
def directory():
    return Directory()


@pytest.mark.parametrize(("given", "shown"), NAMES)
async def test_a_name_is_made_fit_and_never_refused(mount, directory, given, shown):
    directory.has("a", id="7", name=given)
    site = await mount(directory.current_user)
    assert (await site.get("api/me", {"X-User": "a"})).json()["name"] == shown


async def test_name_avatar_and_role_follow_the_host(mount, directory):
    directory.has("a", id="7", name="Ada")
    site = await mount(directory.current_user)
    before = (await site.get("api/me", {"X-User": "a"})).json()
    directory.has("a", id="7", name="Ada King", avatar="https://shop.example/ada.png", role="admin", kind="bot")
    after = (await site.get("api/me", {"X-User": "a"})).json()
    assert after["id"] == before["id"]
    assert (after["name"], after["avatar"], after["role"], after["kind"]) == ("Ada King", "https://shop.example/ada.png", "admin", "bot")


async def test_a_new_name_is_on_the_next_message_of_a_socket_that_was_open(mount, directory):
    directory.has("a", id="7", name="Ada")
    site = await mount(directory.current_user)
    line = await site.connects({"X-User": "a"})
    lobby = line.frames[0]["rooms"][0]["id"]
    directory.has("a", id="7", name="Ada King")
    await site.get("api/me", {"X-User": "a"})
    await line.says("send", room=lobby, key="k", text="hi")
    await line.until(lambda: any(frame["type"] == "message.created" for frame in line.frames), lambda: "the message")
    assert [frame["by"]["name"] for frame in line.frames if frame["type"] == "message.created"] == ["Ada King"]


async def test_two_people_of_one_name_are_two_users(mount, directory):
    directory.has("a", id="1", name="Ada")
    directory.has("b", id="2", name="ADA")
    site = await mount(directory.current_user)
    first, second = [(await site.get("api/me", {"X-User": who})).json() for who in "ab"]
    assert first["id"] != second["id"]
    assert (first["name"], second["name"]) == ("Ada", "ADA")
    assert (await site.chat.user("Ada")).id == first["id"]


async def test_two_that_swap_their_names_keep_their_ids(mount, directory):
    directory.has("a", id="1", name="Ada")
    directory.has("b", id="2", name="Grace")
    site = await mount(directory.current_user)
    before = [(await site.get("api/me", {"X-User": who})).json()["id"] for who in "ab"]
    directory.has("a", id="1", name="Grace")
    directory.has("b", id="2", name="Ada")
    after = [(await site.get("api/me", {"X-User": who})).json() for who in "ab"]
    assert [me["id"] for me in after] == before
    assert [me["name"] for me in after] == ["Grace", "Ada"]


async def test_two_identities_in_turn_for_one_id_are_one_user_and_a_line_in_the_log(mount, directory, caplog):
    directory.has("a", id="7", name="Ada")
    directory.has("b", id="7", name="Bob")
    site = await mount(directory.current_user)
    seen = [(await site.get("api/me", {"X-User": who})).json() for who in "abababab"]
    assert len({me["id"] for me in seen}) == 1
    assert [me["name"] for me in seen] == ["Ada", "Bob"] * 4
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(lines) == 1
    assert "Two identities in turn for one id of the host; the last one counts" in lines[0]


async def test_another_name_for_one_id_is_a_line_in_the_log(mount, directory, caplog):
    caplog.set_level(logging.INFO, "hubbub.accounts")
    directory.has("a", id="7", name="Ada")
    directory.has("b", id="7", name="Bob")
    site = await mount(directory.current_user)
    for who in "aabb":
        await site.get("api/me", {"X-User": who})
    lines = [record.getMessage() for record in caplog.records if record.name == "hubbub.accounts"]
    assert lines == ["The host's id '7' has another name now: 'Bob', not 'Ada'. Two people with one id are one user here."]


async def test_somebody_renamed_twice_is_nothing_to_warn_of(mount, directory, caplog):
    site = await mount(directory.current_user)
    for name in ("Ada", "Ada Byron", "Ada King"):
        directory.has("a", id="7", name=name)
        await site.get("api/me", {"X-User": "a"})
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_user_who_was_deactivated_here_is_out(mount, directory):
    directory.has("a", id="7", name="Ada")
    site = await mount(directory.current_user)
    line = await site.connects({"X-User": "a"})
    user = await site.chat.user("7")
    await site.chat.accounts.deactivate(user.id)
    end = await line.until_closed()
    assert end.code == 4403
    assert (await site.get("api/me", {"X-User": "a"})).json()["detail"] == "This account was deactivated."
    assert (await site.turns_away({"X-User": "a"})).code == 4403


async def test_many_visitors_at_their_first_visit_are_one_user_each(mount, directory):
    directory.has("a", id="7", name="Ada")
    site = await mount(directory.current_user)
    lines = [await site.connects({"X-User": "a"}) for _ in range(5)]
    assert len({line.frames[0]["user"]["id"] for line in lines}) == 1
    assert len(await site.chat.accounts.users()) == 1
