"""One client's conversation: what it may say when, and how often it may say nonsense."""

import pytest
from hub_stage import RecordingConnection, Somebody

from hubbub.protocol.codes import CloseCode, ErrorCode
from hubbub.protocol.frames import FrameError, Hello, Ping
from hubbub.realtime.session import BAD_FRAMES_TOLERATED, Session, Violation

NONSENSE = ["", "[]", "{}", "nonsense", '{"type":7}', '{"type":"ping","id":"1"}', None, b"\xff"]


@pytest.fixture
def session():
    return Session(Somebody("ada"), Somebody("login"), RecordingConnection())


def refused(session, frame):
    with pytest.raises(FrameError) as caught:
        session.hear(frame)
    return caught.value


def test_hello_comes_first(session):
    error = refused(session, '{"type":"ping","id":7}')

    assert (error.code, error.message, error.id) == (ErrorCode.BAD_FRAME, "Say hello first.", 7)
    assert isinstance(session.hear('{"type":"hello"}'), Hello)


def test_hello_is_said_once(session):
    session.has_greeted = True

    error = refused(session, '{"type":"hello","id":2}')

    assert (error.code, error.id) == (ErrorCode.CONFLICT, 2)
    assert isinstance(session.hear('{"type":"ping"}'), Ping)


def test_a_wrong_hello_is_answered_and_another_may_follow(session):
    for cursors in ('{"lobby":-1}', '{"lobby":"3"}', '{"lobby":true}', "[]", '{"lobby":1.5}'):
        assert refused(session, f'{{"type":"hello","id":1,"cursors":{cursors}}}').code == ErrorCode.INVALID
    assert session.hear('{"type":"hello","cursors":{"lobby":3}}').cursors == {"lobby": 3}


@pytest.mark.parametrize("frame", NONSENSE)
def test_nonsense_is_answered_twenty_times_and_then_the_conversation_ends(session, frame):
    for _ in range(BAD_FRAMES_TOLERATED):
        assert refused(session, frame).code == ErrorCode.BAD_FRAME

    with pytest.raises(Violation) as caught:
        session.hear(frame)
    assert caught.value.code == CloseCode.NOT_THE_PROTOCOL


def test_commands_that_are_well_formed_and_wrong_are_no_nonsense(session):
    session.has_greeted = True
    for _ in range(3 * BAD_FRAMES_TOLERATED):
        assert refused(session, '{"type":"dance"}').code == ErrorCode.UNKNOWN_TYPE
        assert refused(session, '{"type":"send"}').code == ErrorCode.INVALID


def test_typing_is_wanted_of_all_rooms_until_it_says_which(session):
    assert session.wants_typing("lobby")

    session.watching = frozenset({"kitchen"})
    assert (session.wants_typing("lobby"), session.wants_typing("kitchen")) == (False, True)

    session.connection.stalls()
    assert not session.wants_typing("kitchen")
