"""The protocol as machines read it: an AsyncAPI 3.0 document, made from the same models that the server uses."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from hubbub.protocol import examples
from hubbub.protocol.codes import SUBPROTOCOL, CloseCode
from hubbub.protocol.events import EVENTS
from hubbub.protocol.frames import ANSWERS, COMMANDS
from hubbub.protocol.signals import SIGNALS

CLOSING: dict[CloseCode, str] = {
    CloseCode.GOING_AWAY: "Going away. Come back.",
    CloseCode.NO_WEBSOCKET: "What came breaks the rules of WebSockets (RFC 6455), below this protocol.",
    CloseCode.NOT_UTF_8: "A text frame was not UTF-8.",
    CloseCode.TOO_BIG: "A frame was larger than `limits.frame`.",
    CloseCode.INTERNAL_ERROR: "Our fault. Come back.",
    CloseCode.RESTART: "The server restarts. Come back after the `retry_after` of `bye`.",
    CloseCode.TRY_AGAIN_LATER: "Too much at once. Come back later.",
    CloseCode.NOT_THE_PROTOCOL: "Not the protocol: another subprotocol, or too many frames that were none.",
    CloseCode.UNAUTHENTICATED: "Nobody knows who this is. Sign in, or send a valid token.",
    CloseCode.FORBIDDEN: "The page's origin is not allowed, or the account is banned.",
    CloseCode.NO_HELLO: "No `hello` in time. Come back.",
    CloseCode.SIGNED_OUT: "Signed out, or the token was revoked.",
}

Models = Mapping[str, type[BaseModel]]

_DESCRIPTION = """A room is a log: everything lasting that happens in it is an event with a number, `seq`, that starts at 1 and has no gaps.
Say `hello` first, with the last `seq` you have seen of each room. After `welcome` every later event of your rooms comes,
each once and in order. What was answered with `ok` is on the server's disk. Ignore types and fields that you do not know."""

_CHANNEL = f"""One JSON object in each text frame, subprotocol `{SUBPROTOCOL}`. Who connects is decided by `Authorization: Bearer TOKEN`,
else by the session cookie, else by `token` in `hello`; a token is never accepted in the address."""


def describe(title: str, version: str, host: str, path: str, is_secure: bool) -> dict[str, Any]:
    """The document for a chat at this host, whose WebSocket is at this path."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"{title}: {SUBPROTOCOL}", "version": version, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"this": _server(host, is_secure)},
        "channels": {"socket": _channel(path)},
        "operations": _operations(),
        "components": {
            "messages": _messages(),
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token from `POST api/tokens`"},
                "login": {"type": "httpApiKey", "in": "cookie", "name": "hubbub_login", "description": "A browser that is signed in"},
            },
        },
    }


def _server(host: str, is_secure: bool) -> dict[str, Any]:
    security = [{"$ref": f"#/components/securitySchemes/{name}"} for name in ("token", "login")]
    return {"host": host, "protocol": "wss" if is_secure else "ws", "security": security}


def _channel(path: str) -> dict[str, Any]:
    return {
        "address": path,
        "title": "The WebSocket",
        "description": _CHANNEL,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages()},
        "bindings": {"ws": {"method": "GET"}},
        "x-close-codes": [
            {"code": int(code), "description": CLOSING[code], "come_back": code < 4000 or code == CloseCode.NO_HELLO} for code in CloseCode
        ],
    }


def _operations() -> dict[str, Any]:
    """Seen from the server: it receives commands, each with its reply, and sends events, signals and news of the session."""
    commands = {
        f"receive.{kind}": {
            "action": "receive",
            "channel": {"$ref": "#/channels/socket"},
            "summary": _first_sentence(model),
            "messages": [_of_channel("command", kind)],
            "reply": {
                "channel": {"$ref": "#/channels/socket"},
                "messages": [_of_channel("answer", "welcome" if kind == "hello" else "ok"), _of_channel("answer", "error")],
            },
        }
        for kind, model in COMMANDS.items()
    }
    return commands | {
        "send.events": _sending("Numbered, lasting facts, in the order of each room's log.", "event", EVENTS),
        "send.signals": _sending("Passing news without a number; may be dropped.", "signal", SIGNALS),
        "send.session": _sending("News of this session itself.", "answer", ["behind", "room.added", "room.removed", "bye"]),
    }


def _sending(summary: str, group: str, kinds: Iterable[str]) -> dict[str, Any]:
    messages = [_of_channel(group, kind) for kind in kinds]
    return {"action": "send", "channel": {"$ref": "#/channels/socket"}, "summary": summary, "messages": messages}


def _messages() -> dict[str, Any]:
    return (
        _group("command", COMMANDS, examples.COMMANDS)
        | _group("answer", ANSWERS, examples.ANSWERS)
        | _group("event", EVENTS, examples.EVENTS)
        | _group("signal", SIGNALS, examples.SIGNALS)
    )


def _group(group: str, models: Models, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The messages of one group. Names carry the group, because `read` and `typing` are said in both directions."""
    return {
        f"{group}.{kind}": {
            "name": kind,
            "title": kind,
            "summary": _first_sentence(model),
            "description": model.__doc__,
            "tags": [{"name": group}],
            "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
            "examples": [{"name": kind, "payload": shown[kind]}],
        }
        for kind, model in models.items()
    }


def _schemas() -> dict[str, Any]:
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in COMMANDS.values()]
    modes += [(model, "serialization") for models in (ANSWERS, EVENTS, SIGNALS) for model in models.values()]
    _, schema = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    definitions: dict[str, Any] = schema["$defs"]
    for definition in definitions.values():
        _leave_out_nulls(definition)
    return definitions


def _leave_out_nulls(definition: dict[str, Any]) -> None:
    """A field that may be missing is left out on the wire; it is never null there."""
    for name, field in definition.get("properties", {}).items():
        kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
        if name not in definition.get("required", []) and len(kinds) == 1:
            del field["anyOf"]
            field.pop("default", None)
            field |= kinds[0]


def _of_channel(group: str, kind: str) -> dict[str, str]:
    return {"$ref": f"#/channels/socket/messages/{group}.{kind}"}


def _first_sentence(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").split(". ")[0].rstrip(".") + "."
