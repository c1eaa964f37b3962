"""The bytes of single WebSocket frames (RFC 6455, section 5)."""

from collections.abc import Callable

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

FINAL = 0x80
RESERVED = 0x70
MASKED = 0x80
LONGEST_CONTROL = 125

NO_STATUS = 1005
LOST = 1006

_ASSIGNED_CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})


class Violation(Exception):
    """The peer broke the protocol in a way that leaves no trust in the bytes that follow."""

    def __init__(self, reason: str, code: int = 1002) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Make one final, unmasked frame, as servers send them."""
    size = len(payload)
    if size < 126:
        return bytes((FINAL | opcode, size)) + payload
    if size < 65536:
        return bytes((FINAL | opcode, 126, size >> 8, size & 255)) + payload
    return bytes((FINAL | opcode, 127)) + size.to_bytes(8, "big") + payload


def text_frame(payload: bytes) -> bytes:
    """Make one text frame of UTF-8 bytes."""
    return frame(payload)


def close_frame(code: int, reason: str = "") -> bytes:
    """Make a close frame; a reason that does not fit is cut at a character, and 1005 says nothing at all."""
    if code == NO_STATUS:
        return frame(b"", CLOSE)
    if not is_close_code(code):
        raise ValueError(f"A close frame carries a code of RFC 6455, such as 1000, or one from 3000 to 4999; {code} is neither.")
    words = reason.encode()[: LONGEST_CONTROL - 2].decode(errors="ignore").encode()
    return frame(code.to_bytes(2, "big") + words, CLOSE)


def read_close(payload: bytes) -> tuple[int, str]:
    """Take a close frame's payload apart into code and reason; an empty one means 1005."""
    if not payload:
        return NO_STATUS, ""
    if len(payload) == 1:
        raise Violation("close frame with half a code")
    code = int.from_bytes(payload[:2], "big")
    if not is_close_code(code):
        raise Violation(f"close code {code} is not for the wire")
    try:
        return code, payload[2:].decode()
    except UnicodeDecodeError:
        raise Violation("close reason is not UTF-8", 1007) from None


def is_close_code(code: int) -> bool:
    """Whether this code may stand in a close frame."""
    return code in _ASSIGNED_CLOSE_CODES or 3000 <= code <= 4999


def mask_in_python(data: bytes, mask: bytes) -> bytes:
    """XOR data with the mask repeated: what the C helper does, without C."""
    size = len(data)
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


apply_mask: Callable[[bytes, bytes], bytes]
try:
    from websockets.speedups import apply_mask
except ImportError:
    apply_mask = mask_in_python
