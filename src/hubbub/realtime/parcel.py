"""What a `ConnectionManager` sends: text or bytes, checked, encoded and framed once for however many get it."""

import json
from collections.abc import Callable
from typing import Any

_BINARY_HEADER = b"\x82"


class Parcel:
    """One message on its way to many. Making it is what can fail; after that it only travels."""

    __slots__ = ("_framed", "payload", "size", "text")

    def __init__(self, content: str | bytes) -> None:
        self.text = content if isinstance(content, str) else None
        self.payload = _encode(content)
        self.size = len(self.payload)
        self._framed: bytes | None = None

    @classmethod
    def of_json(cls, data: Any) -> "Parcel":
        """The data as JSON, in a text message, written like Starlette's `send_json`. NaN is no JSON and is refused."""
        try:
            return cls(json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False))
        except TypeError as error:
            raise TypeError(f"Expected data that JSON can say: {error}. {_JSON_HINT}") from None
        except (ValueError, RecursionError) as error:
            raise ValueError(f"Expected data that JSON can say: {error}.") from None

    def framed(self, frame: Callable[[bytes], bytes]) -> bytes:
        """The message as one WebSocket frame, made once; `frame` makes a text frame."""
        if self._framed is None:
            framed = frame(self.payload)
            # A binary frame differs from a text frame in its first byte only (RFC 6455, section 5.2).
            self._framed = framed if self.text is not None else _BINARY_HEADER + framed[1:]
        return self._framed

    def as_asgi(self) -> dict[str, Any]:
        """The message as ASGI has it."""
        if self.text is not None:
            return {"type": "websocket.send", "text": self.text}
        return {"type": "websocket.send", "bytes": self.payload}


_JSON_HINT = "fastapi.encoders.jsonable_encoder(data) turns models, dates and the like into plain data"


def _encode(content: str | bytes) -> bytes:
    if isinstance(content, str):
        try:
            return content.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"Expected text that UTF-8 can say; the character {content[error.start]!a} at {error.start} is half of a "
                "surrogate pair. Repair the text where it comes from, or send bytes."
            ) from None
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    raise TypeError(f"Expected text (str) or bytes, got {type(content).__name__}. For other data there is broadcast_json(data).")
