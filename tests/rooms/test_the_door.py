"""The door: every right, for everybody, in every kind of room. And the rules of rooms that need no database."""

from dataclasses import replace
from itertools import product

import pytest

from hubbub.accounts.model import User
from hubbub.errors import Invalid, TooLarge
from hubbub.rooms.access import may_add_members, may_join, may_moderate, may_post, may_read, may_take_part
from hubbub.rooms.model import Membership, Place, Room, checked_description, checked_room_name, checked_topic, people_key, room_name_key

USERS = {role: User("u" * 16, "guest" if role == "guest" else "human", role, role) for role in ("owner", "admin", "member", "guest")}
ME = "u" * 16
ROOM = "r" * 16


def place(kind, role=None, *, is_archived=False):
    room = Room(ROOM, kind, "room", "", 1, 0, is_archived)
    return Place(room, Membership(ME, ROOM, role, 1, 0) if role else None)


@pytest.mark.parametrize(("kind", "user"), list(product(("public", "private", "direct"), USERS.values())), ids=str)
def test_who_is_no_member_has_no_right_but_to_look_into_public_rooms(kind, user):
    outside = place(kind)
    is_open = kind == "public" and user.role != "guest"

    assert may_read(user, outside) == may_join(user, outside) == is_open
    assert not may_post(user, outside)
    assert not may_add_members(user, outside)
    assert not may_moderate(user, outside)


@pytest.mark.parametrize(("kind", "user"), list(product(("public", "private", "direct"), USERS.values())), ids=str)
def test_an_archived_room_is_for_its_members_to_read(kind, user):
    outside, inside = place(kind, is_archived=True), place(kind, "owner", is_archived=True)

    assert not may_read(user, outside)
    assert not may_join(user, outside)
    assert may_read(user, inside)
    assert not may_post(user, inside)
    assert not may_add_members(user, inside)


@pytest.mark.parametrize("user", list(USERS.values()), ids=str)
@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_members_read_and_post_and_those_in_charge_moderate(user, role):
    inside = place("private", role)

    assert may_read(user, inside)
    assert may_post(user, inside)
    assert may_add_members(user, inside)
    assert may_moderate(user, inside) == (role != "member" or user.role in ("owner", "admin"))


@pytest.mark.parametrize("user", list(USERS.values()), ids=str)
def test_in_an_announcement_room_those_post_who_moderate_it(user):
    for role in ("owner", "admin", "member", None):
        standing = place("private", role)
        news = replace(standing, room=replace(standing.room, posting="moderators"))
        assert may_post(user, news) == may_moderate(user, news)
        assert may_take_part(user, news) == (role is not None)


@pytest.mark.parametrize("user", list(USERS.values()), ids=str)
def test_nobody_is_in_charge_of_a_direct_room(user):
    assert not may_moderate(user, place("direct", "owner"))
    assert may_post(user, place("direct", "member"))


def test_the_same_people_are_the_same_set_however_they_are_named():
    assert people_key(["b", "a", "b"]) == people_key(["a", "b"])
    assert people_key(["a", "b"]) != people_key(["ab"])


def test_a_description_has_lines_and_nothing_invisible():
    assert checked_description("  Roses \n\n and weeds\t\n") == "Roses\n\n and weeds"
    with pytest.raises(TooLarge):
        checked_description("x" * 1001)
    with pytest.raises(Invalid):
        checked_description("a\u202eb")


def test_nobody_is_added_to_a_direct_room():
    assert not may_add_members(USERS["owner"], place("direct", "owner"))


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb", "a\x00b", "\u200b", "a\u202eb", "\ud800", "\ufdfa" * 60])
def test_a_bad_room_name_is_invalid(name):
    with pytest.raises(Invalid):
        checked_room_name(name)


def test_a_room_name_is_kept_in_one_form_and_compared_without_case():
    assert checked_room_name("  Caf\u0065\u0301 ") == "Caf\u00e9"
    assert room_name_key("CAF\u00c9") == room_name_key("caf\u00e9") == room_name_key("Cafe\u0301")
    assert room_name_key("Stra\u00dfe") == room_name_key("STRASSE")


def test_a_topic_is_one_line():
    assert checked_topic(" a\n b\t c ") == "a b c"
    with pytest.raises(TooLarge):
        checked_topic("x" * 251)
    with pytest.raises(Invalid):
        checked_topic("a\u202eb")
