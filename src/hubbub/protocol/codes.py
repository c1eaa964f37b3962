"""The two closed vocabularies of refusal: error codes for answers, close codes for the end of a connection."""

from enum import IntEnum, StrEnum

SUBPROTOCOL = "hubbub.v1"


class ErrorCode(StrEnum):
    """Why something was refused, on the WebSocket and in REST alike."""

    BAD_FRAME = "bad_frame"
    UNKNOWN_TYPE = "unknown_type"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"


class CloseCode(IntEnum):
    """Why a WebSocket ends. Below 4000 a client may come back; of the others only after 4408.

    1002 and 1007 are the WebSocket layer's own answers to bytes that are no WebSocket.
    """

    GOING_AWAY = 1001
    NO_WEBSOCKET = 1002
    NOT_UTF_8 = 1007
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    RESTART = 1012
    TRY_AGAIN_LATER = 1013
    NOT_THE_PROTOCOL = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NO_HELLO = 4408
    SIGNED_OUT = 4410
