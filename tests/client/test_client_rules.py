"""The client's rules that need no connection."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_server import ADA, ModelServer

from hubbub.client import Client, OtherEvent
from hubbub.client.address import address_of
from hubbub.client.backoff import reconnect_delay
from hubbub.client.conversation import Conversation
from hubbub.client.message import event_of
from hubbub.client.reading import Reading
from hubbub.client.refusals import final_refusal, refusal
from hubbub.errors import HubbubError, Invalid, RateLimited, TooLarge, Unauthenticated
from hubbub.protocol.codes import CloseCode, ErrorCode
from hubbub.protocol.events import MessageCreated


@pytest.mark.parametrize(
    ("url", "socket", "api"),
    [
        ("https://chat.example.org", "wss://chat.example.org/ws", "https://chat.example.org/api/"),
        ("http://127.0.0.1:8000/", "ws://127.0.0.1:8000/ws", "http://127.0.0.1:8000/api/"),
        ("https://example.org/chat/", "wss://example.org/chat/ws", "https://example.org/chat/api/"),
        ("ws://example.org/chat", "ws://example.org/chat/ws", "http://example.org/chat/api/"),
    ],
)
def test_an_address_stands_for_a_socket_and_a_rest_root(url: str, socket: str, api: str) -> None:
    found = address_of(url)
    assert (found.socket, found.api) == (socket, api)


@pytest.mark.parametrize(
    "url", ["chat.example.org", "ftp://example.org", "https://", "https://ada:secret@example.org", "https://x.org/?token=s"]
)
def test_what_is_no_address_is_refused_without_repeating_secrets(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        Client(url)
    assert "secret" not in caught.value.message


@given(attempts=st.integers(0, 10_000), chance=st.floats(0, 1))
def test_pauses_grow_up_to_a_bound_and_are_spread(attempts: int, chance: float) -> None:
    delay = reconnect_delay(attempts, None, chance)
    assert 0 <= delay <= 30
    assert delay <= 0.5 * 2 ** min(attempts, 10)


@given(retry_after=st.floats(0, 600), chance=st.floats(0, 1))
def test_what_the_server_asks_for_is_kept(retry_after: float, chance: float) -> None:
    assert retry_after <= reconnect_delay(0, retry_after, chance) <= retry_after + 1


def test_every_error_code_has_its_exception() -> None:
    for code in ErrorCode:
        error = refusal({"code": code.value, "message": "no", "retry_after": 2})
        assert (error.code, error.message, error.retry_after) == (code.value, "no", 2)
    assert type(refusal({"code": "of_a_later_version"})) is HubbubError
    assert isinstance(refusal({"code": "rate_limited"}), RateLimited)


def test_close_codes_from_4400_on_are_final_but_for_a_late_hello() -> None:
    final = {code for code in CloseCode if final_refusal(code, "") is not None}
    assert final == {code for code in CloseCode if code >= 4400} - {CloseCode.NO_HELLO}
    assert isinstance(final_refusal(4410, "gone"), Unauthenticated)
    assert final_refusal(1006, None) is None


def test_unknown_events_and_fields_harm_nobody() -> None:
    frame = {"type": "message.created", "room": "r", "seq": 1, "at": "", "by": ADA, "text": "hi", "key": "k", "sparkles": True}
    known = event_of(frame)
    assert isinstance(known, MessageCreated)
    assert known.text == "hi"
    other = event_of({**frame, "type": "poll.opened"})
    assert isinstance(other, OtherEvent)
    assert (other.type, other.model_extra) == ("poll.opened", {"text": "hi", "key": "k", "sparkles": True})
    odd = event_of({**frame, "text": 5})
    assert isinstance(odd, OtherEvent)


def test_a_frame_that_a_changed_server_takes_no_more_is_answered_for_it() -> None:
    server, conversation, answers = _connected(["lobby"])
    server.cut()
    conversation.lost()
    conversation.ask({"type": "send", "room": "lobby", "key": "k", "text": "x" * 2000}, answers.append)
    conversation.hello()
    conversation.hear({"type": "welcome", "epoch": "e", "user": ADA, "rooms": [], "limits": {"frame": 1024}})
    assert isinstance(answers[0], TooLarge)
    assert conversation.next_frame() is None


def test_nobody_says_what_nobody_waits_for_any_more() -> None:
    _, conversation, answers = _connected(["lobby"])
    id = conversation.ask({"type": "send", "room": "lobby", "key": "k", "text": "x"}, answers.append)
    conversation.forget(id)
    assert conversation.next_frame() is None
    assert answers == []


def test_a_user_of_very_many_rooms_still_says_hello_in_one_frame() -> None:
    rooms = [f"room{number:05}" + "x" * 50 for number in range(3000)]
    server, conversation, _ = _connected(rooms)
    reading = Reading(10_000, is_wide=True)
    conversation.open_reading(reading, list(conversation.rooms.values()), None)
    server.cut()
    for room in rooms:
        server.post(room, "while away")
    hello = conversation.hello()
    assert len(hello) < 65536
    server.hear(hello)
    _flow_until_quiet(server, conversation, rooms)
    assert {place.seq for place in reading.places.values()} == {1}


def test_an_error_before_welcome_ends_the_attempt() -> None:
    conversation = Conversation("test")
    conversation.hello()
    with pytest.raises(HubbubError, match="another time"):
        conversation.hear({"type": "error", "id": 1, "code": "unavailable", "message": "another time"})


def test_a_refused_sync_ends_the_attempt() -> None:
    server, conversation, _ = _connected(["lobby"])
    server.post("lobby", "k")
    server.flow("lobby", 1)
    conversation.hear(server.wire.popleft())
    reading = Reading(10, is_wide=False)
    conversation.open_reading(reading, [conversation.rooms["lobby"]], 0)
    sync = json.loads(conversation.next_frame() or b"")
    assert (sync["type"], sync["after"]) == ("sync", 0)
    with pytest.raises(Invalid):
        conversation.hear({"type": "error", "id": sync["id"], "code": "invalid", "message": "no"})


def _connected(rooms: list[str]) -> tuple[ModelServer, Conversation, list[Any]]:
    server, conversation = ModelServer(rooms, 1000), Conversation("test")
    server.hear(conversation.hello())
    conversation.hear(server.wire.popleft())
    return server, conversation, []


def _flow_until_quiet(server: ModelServer, conversation: Conversation, rooms: list[str]) -> None:
    while True:
        for room in rooms:
            server.flow(room, 10)
        if not server.wire:
            return
        while server.wire:
            conversation.hear(server.wire.popleft())
        while (frame := conversation.next_frame()) is not None:
            server.hear(frame)


def test_a_log_that_lost_its_end_is_told_as_a_reset() -> None:
    server, conversation, _ = _connected(["lobby"])
    reading = Reading(10, is_wide=False)
    conversation.open_reading(reading, [conversation.rooms["lobby"]], None)
    for key in ("one", "two"):
        server.post("lobby", key)
    _flow_until_quiet(server, conversation, ["lobby"])
    server.cut()
    server.logs["lobby"].pop()
    server.hear(conversation.hello())
    server.post("lobby", "another two")
    _flow_until_quiet(server, conversation, ["lobby"])
    found = []
    while (taken := reading.buffer.take()) is not None:
        found.append((taken[1]["type"], taken[1]["seq"]))
    assert found == [("message.created", 1), ("message.created", 2), ("reset", 1), ("message.created", 2)]
