"""What travels over the bus: many pieces in one message, and whatever is not ours is refused."""

import pytest

from hubbub.realtime import packing
from hubbub.realtime.packing import Kind, NotOurs, pack, sender, unpack

NODE = "n" * packing.NODE_ID_LENGTH


def test_pieces_come_out_as_they_went_in_behind_the_name_of_their_node():
    pieces = [(Kind.EVENT, b'{"seq":1}'), (Kind.HEADS, b""), (Kind.EVENT, bytes(range(256)))]
    (message,) = pack(NODE, pieces)
    assert sender(message) == NODE
    assert list(unpack(message)) == pieces


def test_more_than_fits_into_one_message_is_spread_over_several_in_its_order(monkeypatch):
    monkeypatch.setattr(packing, "MESSAGE_BYTES", 100)
    pieces = [(Kind.EVENT, bytes([number]) * 40) for number in range(7)] + [(Kind.EVENT, b"x" * 500)]
    messages = list(pack(NODE, pieces))
    assert len(messages) == 5
    assert [piece for message in messages for piece in unpack(message)] == pieces


def test_nothing_makes_no_message():
    assert list(pack(NODE, [])) == []


def test_a_piece_of_a_kind_that_is_not_known_yet_is_passed_over():
    (message,) = pack(NODE, [(Kind.EVENT, b"one"), (Kind.HEADS, b"two")])
    assert list(unpack(message.replace(b"E\x00\x00\x00\x03", b"?\x00\x00\x00\x03"))) == [(Kind.HEADS, b"two")]


@pytest.mark.parametrize("torn", [b"", b"1", b"2" + NODE.encode(), b"1short"])
def test_a_message_that_was_not_packed_here_is_refused(torn):
    with pytest.raises(NotOurs):
        sender(torn)


@pytest.mark.parametrize("length", range(18, 25))
def test_a_message_that_was_cut_off_is_refused(length):
    (message,) = pack(NODE, [(Kind.EVENT, b"four")])
    assert len(message) == 26
    with pytest.raises(NotOurs):
        list(unpack(message[:length]))


def test_rooms_and_users_are_spread_over_all_shards_the_same_on_every_node():
    assert {packing.room_shard(f"room {number}") for number in range(5000)} == set(range(packing.ROOM_SHARDS))
    assert {packing.user_shard(f"user {number}") for number in range(500)} == set(range(packing.USER_SHARDS))
    assert packing.room_shard("d21kq0g7h3v5m9xa") == 165
