"""The parser over bytes, in the order of the Autobahn test suite: 1 echo, 2 pings, 3 reserved bits, 4 opcodes,
5 fragments, 6 UTF-8, 7 closing, 9 and 10 size and cutting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websocket_wire import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Reader,
    closes,
    frames_in,
    in_fragments,
    sends,
)

from hubbub.server.framing import Violation, apply_mask, close_frame, frame, is_close_code, mask_in_python, read_close

SIZES = [0, 1, 125, 126, 127, 128, 255, 65535, 65536, 65537, 300_000]


def read(*chunks: bytes, max_bytes: int = 1 << 24) -> list[tuple[str, bytes]]:
    reader = Reader(max_bytes)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.seen


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def assert_breaks(*chunks: bytes, after: list[tuple[str, bytes]] | None = None, code: int = 1002) -> None:
    """The last chunk breaks the protocol; what came before it was still heard."""
    reader = Reader()
    for chunk in chunks[:-1]:
        reader.feed(chunk)
    with pytest.raises(Violation) as broken:
        reader.feed(chunks[-1])
    assert broken.value.code == code
    assert reader.seen == (after or [])


# 1: whole messages


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("opcode", "kind", "letter"), [(TEXT, "text", b"*"), (BINARY, "binary", b"\xfe")])
@pytest.mark.parametrize("chunk", [None, 997])
def test_a_message_of_any_size_arrives_whole(size: int, opcode: int, kind: str, letter: bytes, chunk: int | None) -> None:
    sent = sends(letter * size, opcode)
    assert read(*cut(sent, chunk or len(sent))) == [(kind, letter * size)]


@pytest.mark.parametrize("size", SIZES)
def test_a_server_frame_of_any_size_can_be_read(size: int) -> None:
    assert frames_in(frame(b"*" * size)) == [(TEXT, b"*" * size)]


def test_many_messages_in_one_read_arrive_in_order() -> None:
    words = [str(number).encode() for number in range(1000)]
    assert read(b"".join(sends(word) for word in words)) == [("text", word) for word in words]


# 2: pings and pongs


@pytest.mark.parametrize("payload", [b"", b"Hello", bytes(range(256))[:125]])
@pytest.mark.parametrize(("opcode", "kind"), [(PING, "ping"), (PONG, "pong")])
def test_a_ping_or_pong_arrives_however_it_is_cut(payload: bytes, opcode: int, kind: str) -> None:
    sent = sends(payload, opcode)
    assert read(sent) == read(*cut(sent, 1)) == [(kind, payload)]


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_a_control_frame_over_125_bytes_breaks_the_protocol(opcode: int) -> None:
    assert_breaks(sends(b"x" * 126, opcode))


def test_ten_pings_in_one_read_are_ten_pings() -> None:
    assert read(b"".join(sends(str(n), PING) for n in range(10))) == [("ping", str(n).encode()) for n in range(10)]


# 3: reserved bits


@pytest.mark.parametrize("reserved", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG, CLOSE])
def test_a_reserved_bit_breaks_the_protocol_and_what_came_before_is_heard(reserved: int, opcode: int) -> None:
    assert_breaks(sends("before"), sends(b"", opcode, reserved=reserved), after=[("text", b"before")])
    assert_breaks(sends("before") + sends("x", opcode, reserved=reserved) + sends("after"), after=[("text", b"before")])


# 4: opcodes


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"x"])
def test_an_unknown_opcode_breaks_the_protocol(opcode: int, payload: bytes) -> None:
    assert_breaks(sends("before"), sends(payload, opcode), after=[("text", b"before")])


@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG, CLOSE])
def test_a_frame_without_a_mask_breaks_the_protocol_at_its_second_byte(opcode: int) -> None:
    assert_breaks(sends(b"", opcode, mask=None)[:2])
    assert_breaks(sends(b"hello", opcode, mask=None))


# 5: fragments


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_a_control_frame_in_fragments_breaks_the_protocol(opcode: int) -> None:
    assert_breaks(sends(b"", opcode, final=False))


@pytest.mark.parametrize("chunk", [None, 1])
@pytest.mark.parametrize(("opcode", "kind"), [(TEXT, "text"), (BINARY, "binary")])
def test_fragments_become_one_message_with_pings_heard_between_them(opcode: int, kind: str, chunk: int | None) -> None:
    first, second, third = in_fragments([b"frag", b"", b"ments"], opcode)
    sent = first + sends("one", PING) + second + sends("two", PING) + third
    expected = [("ping", b"one"), ("ping", b"two"), (kind, b"fragments")]
    assert read(*cut(sent, chunk or len(sent))) == expected


def test_an_empty_message_may_come_in_fragments() -> None:
    assert read(*in_fragments([b"", b"", b""])) == [("text", b"")]


@pytest.mark.parametrize("final", [True, False])
def test_a_continuation_of_nothing_breaks_the_protocol(final: bool) -> None:
    assert_breaks(sends("lost", CONTINUATION, final=final))
    whole = b"".join(in_fragments([b"a", b"b"]))
    assert_breaks(whole, sends("lost", CONTINUATION, final=final), after=[("text", b"ab")])


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("final", [True, False])
def test_a_new_message_inside_another_breaks_the_protocol(opcode: int, final: bool) -> None:
    assert_breaks(sends("one", final=False), sends("two", opcode, final=final))


def test_a_message_in_ten_thousand_fragments_arrives_and_nothing_of_it_is_kept() -> None:
    reader = Reader()
    for fragment in in_fragments([b"ab"] * 10_000):
        reader.feed(fragment)
    assert reader.seen == [("text", b"ab" * 10_000)]
    assert reader.partial is None
    assert reader.tail == b""


# 6: UTF-8

VALID = [
    "Hello-µ@ßöäüàá-UTF-8!!",
    "κόσμε",
    "\x00",
    "\x7f",
    "\x80",
    "\u07ff",
    "\u0800",
    "\uffff",
    "\U00010000",
    "\U0010ffff",
    "\ud7ff",
    "\ue000",
    "\ufdd0",
    "a\u0308\U0001f600",
]
INVALID = [
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80edited",
    b"\x80",
    b"\xbf",
    b"\x80\xbf\x80\xbf",
    b"\xc0 ",
    b"\xe0 ",
    b"\xf0 ",
    b"\xf8 ",
    b"\xfc ",
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xdf",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfe",
    b"\xff",
    b"\xfe\xfe\xff\xff",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xf0\x80\x80\xaf",
    b"\xf8\x80\x80\x80\xaf",
    b"\xc1\xbf",
    b"\xe0\x9f\xbf",
    b"\xf0\x8f\xbf\xbf",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xed\xad\xbf",
    b"\xed\xae\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\x80\xed\xb0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe1\xbd\xb9\xcf",
]


def shapes_of(payload: bytes) -> dict[str, list[bytes]]:
    """One text message in every shape in which a client may send it."""
    pieces = cut(payload, 1) or [b""]
    return {
        "whole": [sends(payload)],
        "whole, cut in bytes": cut(sends(payload), 1),
        "in fragments of a byte": in_fragments(pieces),
        "in one read of fragments": [b"".join(in_fragments(pieces))],
        "with an empty fragment at the end": in_fragments([payload, b""]),
    }


@pytest.mark.parametrize("text", VALID)
def test_valid_utf8_arrives_in_every_shape(text: str) -> None:
    for shape, chunks in shapes_of(text.encode()).items():
        assert read(*chunks) == [("text", text.encode())], shape


@pytest.mark.parametrize("payload", INVALID)
def test_text_that_is_not_utf8_is_refused_in_every_shape_and_the_next_frame_is_still_read(payload: bytes) -> None:
    for shape, chunks in shapes_of(payload).items():
        assert read(*chunks, closes(1007)) == [("refused", 1007), ("close", b"\x03\xef")], shape


def test_binary_may_be_anything() -> None:
    assert read(*(sends(payload, BINARY) for payload in INVALID)) == [("binary", payload) for payload in INVALID]


def test_wrong_text_is_refused_at_the_first_wrong_fragment() -> None:
    good, bad = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", b"\xf4\x90\x80\x80"
    reader = Reader()
    reader.feed(sends(good, final=False))
    assert reader.seen == []
    reader.feed(sends(bad, CONTINUATION, final=False))
    assert reader.seen == [("refused", 1007)]
    reader.feed(sends("edited", CONTINUATION) + sends("next"))
    assert reader.seen == [("refused", 1007), ("text", b"next")]


def test_wrong_text_is_refused_at_the_first_wrong_byte_of_a_frame() -> None:
    sent = sends(b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80edited")
    reader = Reader()
    for byte in cut(sent, 1)[: 6 + 13]:
        reader.feed(byte)
    assert reader.seen == [("refused", 1007)]


# 7: closing

VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4401, 4999]
INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]


@pytest.mark.parametrize("code", VALID_CODES)
def test_a_code_for_the_wire_can_be_read_and_written(code: int) -> None:
    assert read_close(code.to_bytes(2, "big") + "tschüß".encode()) == (code, "tschüß")
    assert read_close(frames_in(close_frame(code, "bye"))[0][1]) == (code, "bye")


@pytest.mark.parametrize("code", INVALID_CODES)
def test_a_code_that_is_not_for_the_wire_is_refused_both_ways(code: int) -> None:
    assert not is_close_code(code)
    with pytest.raises(Violation) as broken:
        read_close(code.to_bytes(2, "big"))
    assert broken.value.code == 1002
    if code != 1005:
        with pytest.raises(ValueError, match=f"{code} is neither"):
            close_frame(code)


def test_a_close_without_a_code_is_1005_and_answers_without_one() -> None:
    assert read_close(b"") == (1005, "")
    assert frames_in(close_frame(1005)) == [(CLOSE, b"")]


def test_half_a_close_code_breaks_the_protocol() -> None:
    with pytest.raises(Violation) as broken:
        read_close(b"\x03")
    assert broken.value.code == 1002


def test_a_close_reason_that_is_not_utf8_is_1007() -> None:
    with pytest.raises(Violation) as broken:
        read_close(b"\x03\xe8\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80")
    assert broken.value.code == 1007


def test_a_reason_of_123_bytes_fits_and_a_longer_one_is_cut_at_a_character() -> None:
    assert read(closes(1000, "x" * 123)) == [("close", b"\x03\xe8" + b"x" * 123)]
    assert_breaks(closes(1000, "x" * 124))
    (_, payload) = frames_in(close_frame(1000, "x" * 122 + "é"))[0]
    assert payload == b"\x03\xe8" + b"x" * 122


def test_nothing_is_read_after_a_close() -> None:
    assert read(closes() + sends("after") + sends("after", PING)) == [("close", b"\x03\xe8")]


# 9 and 10: limits, and the cost of cutting


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("limit", [10, 200, 70_000])
def test_a_message_over_the_limit_is_refused_and_the_next_frame_is_still_read(opcode: int, limit: int) -> None:
    kind = "text" if opcode == TEXT else "binary"
    assert read(sends(b"x" * limit, opcode), max_bytes=limit) == [(kind, b"x" * limit)]
    assert read(sends(b"x" * (limit + 1), opcode), sends("next"), max_bytes=limit) == [("refused", 1009), ("text", b"next")]


def test_the_limit_holds_over_fragments_and_is_told_once() -> None:
    fragments = in_fragments([b"x" * 6] * 5)
    assert read(*fragments, sends("next"), max_bytes=10) == [("refused", 1009), ("text", b"next")]


@pytest.mark.parametrize("declared", [1 << 30, (1 << 63) - 1])
def test_a_huge_frame_is_refused_at_its_header_and_nothing_of_it_is_kept(declared: int) -> None:
    reader = Reader(65536)
    reader.feed(b"\x82\xff" + declared.to_bytes(8, "big") + b"mask")
    assert reader.seen == [("refused", 1009)]
    reader.feed(b"x" * 100_000)
    assert reader.partial is not None
    assert len(reader.partial.data) == 0
    assert reader.tail == b""


def test_a_frame_length_with_its_highest_bit_set_breaks_the_protocol() -> None:
    assert_breaks(b"\x82\xff" + (1 << 63).to_bytes(8, "big") + b"mask")


def test_what_is_held_of_a_message_under_way_is_no_more_than_what_came() -> None:
    reader = Reader()
    reader.feed(b"\x82\xff" + (1 << 20).to_bytes(8, "big") + b"mask" + b"x" * 100)
    assert reader.partial is not None
    assert len(reader.partial.data) == 100


def test_a_large_text_may_dribble_in_byte_by_byte() -> None:
    text = "κόσμε " * 10_000
    assert read(*cut(sends(text), 1)) == [("text", text.encode())]


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_masking_in_python_does_what_the_c_helper_does(data: bytes, mask: bytes) -> None:
    assert mask_in_python(data, mask) == apply_mask(data, mask)
    assert mask_in_python(mask_in_python(data, mask), mask) == data


messages = st.one_of(
    st.tuples(st.just("text"), st.text(max_size=200).map(str.encode)),
    st.tuples(st.just("binary"), st.binary(max_size=400)),
    st.tuples(st.sampled_from(["ping", "pong"]), st.binary(max_size=125)),
)


@given(st.data(), st.lists(messages, max_size=8))
def test_any_cutting_of_a_stream_of_frames_gives_the_same_messages(data: st.DataObject, stream: list[tuple[str, bytes]]) -> None:
    sent = b"".join(_sent_as(data, kind, payload) for kind, payload in stream)
    places = sorted(data.draw(st.sets(st.integers(0, len(sent)), max_size=40)))
    chunks = [sent[a:b] for a, b in zip([0, *places], [*places, len(sent)], strict=True)]
    assert read(*chunks) == stream


def _sent_as(data: st.DataObject, kind: str, payload: bytes) -> bytes:
    if kind in ("ping", "pong"):
        return sends(payload, PING if kind == "ping" else PONG)
    size = data.draw(st.integers(1, max(1, len(payload))))
    return b"".join(in_fragments(cut(payload, size) or [b""], TEXT if kind == "text" else BINARY))
