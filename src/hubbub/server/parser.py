"""From the bytes a client sends to whole messages: the reading half of RFC 6455, without any I/O."""

from abc import ABC, abstractmethod
from codecs import getincrementaldecoder
from collections.abc import Callable

from hubbub.server.framing import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FINAL,
    LONGEST_CONTROL,
    MASKED,
    PING,
    PONG,
    RESERVED,
    TEXT,
    Violation,
    apply_mask,
)

_FINAL_TEXT = FINAL | TEXT
_FINAL_BINARY = FINAL | BINARY
_DATA = (CONTINUATION, TEXT, BINARY)
_CONTROL = (CLOSE, PING, PONG)

_new_decoder = getincrementaldecoder("utf-8")


class PartialMessage:
    """A message of which not everything is here: fragments to come, or the rest of a frame."""

    __slots__ = ("data", "decoder", "is_last_frame", "is_refused", "is_text", "mask", "missing")

    def __init__(self, opcode: int) -> None:
        self.is_text = opcode == TEXT
        self.decoder = _new_decoder() if self.is_text else None
        self.data = bytearray()
        self.is_refused = False
        self.begin_frame(0, b"\0\0\0\0", is_last=False)

    def begin_frame(self, size: int, mask: bytes, *, is_last: bool) -> None:
        """Expect the payload of the next frame."""
        self.missing, self.mask, self.is_last_frame = size, mask, is_last

    def add(self, masked: bytes) -> None:
        """Take the next piece of the frame's payload; text that is not UTF-8 raises at the first wrong piece."""
        self.missing -= len(masked)
        if self.is_refused:
            return
        piece = apply_mask(masked, self.mask)
        turn = len(masked) % 4
        self.mask = self.mask[turn:] + self.mask[:turn]
        if self.decoder is not None:
            self.decoder.decode(piece, self.is_last_frame and not self.missing)
        self.data += piece

    def refuse(self) -> None:
        """Forget what came, and let what is still to come pass by."""
        self.is_refused = True
        self.data.clear()


class FrameParser(ABC):
    """Reads frames and hands out whole messages.

    Text goes to `on_text` as valid UTF-8 bytes, binary to `on_binary`, control frames to `control_received`.
    The cost is linear in the bytes, however they are cut; no more than one message of `max_bytes` is held.
    A broken frame raises Violation, after which the parser is of no more use. A message that is too long or not
    UTF-8 is told to `message_refused` and passed over, so that the peer's answer to our close can still be read.
    """

    __slots__ = ("max_bytes", "on_binary", "on_text", "partial", "tail")

    on_text: Callable[[bytes], None]
    on_binary: Callable[[bytes], None]

    def __init__(self, max_bytes: int, on_text: Callable[[bytes], None], on_binary: Callable[[bytes], None]) -> None:
        self.max_bytes = max_bytes
        self.on_text = on_text
        self.on_binary = on_binary
        self.tail = b""
        self.partial: PartialMessage | None = None

    @abstractmethod
    def control_received(self, opcode: int, payload: bytes) -> None:
        """A whole close, ping or pong came."""

    @abstractmethod
    def message_refused(self, code: int, reason: str) -> None:
        """A message is too long (1009) or not UTF-8 (1007), and is passed over."""

    def feed(self, data: bytes) -> None:
        """Take what came from the network. A whole message in one frame, which is nearly all there is, stays in this loop."""
        if self.tail:
            data = self.tail + data
            self.tail = b""
        size = len(data)
        at = self._take_payload(self.partial, data, 0) if self.partial is not None and self.partial.missing else 0
        while size - at >= 2:
            first = data[at]
            length = data[at + 1] - MASKED
            if _FINAL_TEXT <= first <= _FINAL_BINARY and 0 <= length <= 126 and self.partial is None:
                start = at + 6
                if length == 126 and size - at >= 8:
                    length = data[at + 2] << 8 | data[at + 3]
                    start += 2
                end = start + length
                if end <= size and length <= self.max_bytes:
                    payload = apply_mask(data[start:end], data[start - 4 : start])
                    at = end
                    if first == _FINAL_BINARY:
                        self.on_binary(payload)
                    elif payload.isascii() or is_utf8(payload):
                        self.on_text(payload)
                    else:
                        self.message_refused(1007, "text is not UTF-8")
                    continue
            after = self._take_frame(data, at)
            if after == at:
                break
            at = after
        if at < size:
            self.tail = data[at:]

    def _take_frame(self, data: bytes, at: int) -> int:
        """Take one frame of any kind, or as much of it as is here; answers where to go on, `at` when its head is not whole."""
        first, second = data[at], data[at + 1]
        opcode = first & 15
        _check_head(first, second)
        head = _read_length(data, at)
        if head is None:
            return at
        length, start = head
        mask = data[start - 4 : start]
        if opcode in _CONTROL:
            return self._take_control(opcode, data, at, start, length)
        if length >> 63:
            raise Violation("frame length with its highest bit set")
        partial = self.partial = self._message_of(opcode)
        partial.begin_frame(length, mask, is_last=bool(first & FINAL))
        if not partial.is_refused and len(partial.data) + length > self.max_bytes:
            partial.refuse()
            self.message_refused(1009, f"message over {self.max_bytes} bytes")
        return self._take_payload(partial, data, start)

    def _message_of(self, opcode: int) -> PartialMessage:
        """The message that a data frame begins or continues."""
        if opcode == CONTINUATION:
            if self.partial is None:
                raise Violation("continuation of nothing")
            return self.partial
        if self.partial is not None:
            raise Violation("a new message inside another one")
        return PartialMessage(opcode)

    def _take_payload(self, partial: PartialMessage, data: bytes, at: int) -> int:
        """Take what is here of the current frame's payload, and hand the message out when it is whole."""
        end = min(at + partial.missing, len(data))
        try:
            partial.add(data[at:end])
        except UnicodeDecodeError:
            partial.refuse()
            self.message_refused(1007, "text is not UTF-8")
        if not partial.missing and partial.is_last_frame:
            self.partial = None
            if not partial.is_refused:
                (self.on_text if partial.is_text else self.on_binary)(bytes(partial.data))
        return end

    def _take_control(self, opcode: int, data: bytes, at: int, start: int, length: int) -> int:
        end = start + length
        if end > len(data):
            return at
        self.control_received(opcode, apply_mask(data[start:end], data[start - 4 : start]))
        # Whatever follows a close frame is not for reading.
        return len(data) if opcode == CLOSE else end


def is_utf8(payload: bytes) -> bool:
    """Whether these bytes are UTF-8."""
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_head(first: int, second: int) -> None:
    opcode = first & 15
    if first & RESERVED:
        raise Violation("reserved bits are set, and no extension was agreed")
    if not second & MASKED:
        raise Violation("frame without a mask")
    if opcode in _CONTROL:
        if not first & FINAL:
            raise Violation("control frame in fragments")
        if second & 127 > LONGEST_CONTROL:
            raise Violation(f"control frame over {LONGEST_CONTROL} bytes")
    elif opcode not in _DATA:
        raise Violation(f"unknown opcode {opcode}")


def _read_length(data: bytes, at: int) -> tuple[int, int] | None:
    """A frame's length and where its payload starts, or None while the head is not whole."""
    length = data[at + 1] & 127
    start = at + 6
    if length == 126:
        start += 2
        length = int.from_bytes(data[at + 2 : at + 4], "big")
    elif length == 127:
        start += 8
        length = int.from_bytes(data[at + 2 : at + 10], "big")
    return (length, start) if start <= len(data) else None
