"""The AsyncAPI document, docs/protocol.md and the models say the same."""

import ast
import json
import re
from pathlib import Path

import pytest

import hubbub.server
from hubbub import Hubbub, Settings
from hubbub.errors import HubbubError
from hubbub.protocol import examples
from hubbub.protocol.asyncapi import CLOSING, describe
from hubbub.protocol.codes import CloseCode, ErrorCode
from hubbub.protocol.events import EVENTS, Event
from hubbub.protocol.frames import ANSWERS, COMMANDS, parse_command
from hubbub.protocol.signals import SIGNALS

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
GROUPS = {"command": COMMANDS, "answer": ANSWERS, "event": EVENTS, "signal": SIGNALS}
EXAMPLES = {"command": examples.COMMANDS, "answer": examples.ANSWERS, "event": examples.EVENTS, "signal": examples.SIGNALS}
AN_ORDINARY_END = {1000, 1005, 1006}
STANDARD_CODES = set(range(1000, 1016))
KINDS = [(group, kind) for group, models in GROUPS.items() for kind in models]


@pytest.fixture(scope="module")
def document():
    # Through JSON, as whoever reads it gets it.
    return json.loads(json.dumps(describe("Hubbub", "1.2.3", "chat.example.org", "/chat/ws", True)))


def rows_under(heading):
    """The cells of the first table under a heading, without its head."""
    section = PAGE.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def words_in_code(text):
    return re.findall(r"`([^`]+)`", text)


def written(heading):
    """What a table says: each type with its fields, those that may be missing with a question mark."""
    return {words_in_code(kind)[0]: set(words_in_code(fields)) for kind, fields, _ in rows_under(heading)}


def fields_of(model, but):
    return {name if field.is_required() else f"{name}?" for name, field in model.model_fields.items() if name not in but}


def test_the_page_has_every_command_with_its_fields():
    assert written("### Client to server") == {kind: fields_of(model, {"type", "id"}) for kind, model in COMMANDS.items()}


def test_the_page_has_everything_that_a_server_says_with_its_fields():
    assert written("### Server to client") == {kind: fields_of(model, {"type"}) for kind, model in (ANSWERS | SIGNALS).items()}


def test_the_page_has_every_event_with_its_fields():
    assert written("### Events") == {kind: fields_of(model, set(Event.model_fields)) for kind, model in EVENTS.items()}


def test_the_page_has_every_error_code_with_its_status():
    statuses = {error.code: str(error.status) for error in HubbubError.__subclasses__()}
    assert {words_in_code(code)[0]: status for code, status, _ in rows_under("### Error codes")} == statuses
    assert statuses.keys() == {code.value for code in ErrorCode}


def test_the_page_and_the_document_have_every_close_code(document):
    told = {code["code"]: code["come_back"] for code in document["channels"]["socket"]["x-close-codes"]}
    assert {int(code): come_back == "yes" for code, come_back, _ in rows_under("### Close codes")} == told
    assert told.keys() == {int(code) for code in CloseCode} == {int(code) for code in CLOSING}


def test_every_code_that_the_websocket_layer_closes_with_is_told():
    assert {1002, 1007, 1009, 1011, 1012} <= codes_closed_with(), "They are said there, or this test looks at the wrong places"
    assert codes_closed_with() - AN_ORDINARY_END <= {int(code) for code in CloseCode}


def codes_closed_with():
    """What is handed over as a close code somewhere in `hubbub.server`."""
    said = set()
    for path in (Path(hubbub.server.__file__).parent).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            given = node.args if isinstance(node, ast.Call) else node.args.defaults if isinstance(node, ast.FunctionDef) else []
            said |= {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, int)}
    return said & STANDARD_CODES


def test_the_page_has_every_route_and_no_other(tmp_path):
    described = Hubbub(Settings(data=tmp_path)).app.openapi()["paths"]
    served = {f"{method.upper()} {path.removeprefix('/api/')}" for path, methods in described.items() for method in methods}
    assert {route for routes, _ in rows_under("## REST") for route in words_in_code(routes)} == served


def test_the_document_has_every_message_and_no_other(document):
    assert set(document["components"]["messages"]) == {f"{group}.{kind}" for group, kind in KINDS}
    assert set(document["channels"]["socket"]["messages"]) == set(document["components"]["messages"])


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_a_schema_has_the_fields_of_its_model(document, group, kind):
    model = GROUPS[group][kind]
    message = document["components"]["messages"][f"{group}.{kind}"]
    schema = document["components"]["schemas"][message["payload"]["$ref"].rsplit("/", 1)[1]]
    assert set(schema["properties"]) == set(model.model_fields)
    assert schema["properties"]["type"]["const"] == message["name"] == kind
    assert message["description"] == model.__doc__


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_an_example_is_what_its_model_says(document, group, kind):
    [example] = document["components"]["messages"][f"{group}.{kind}"]["examples"]
    assert example["payload"] == EXAMPLES[group][kind]
    GROUPS[group][kind].model_validate(example["payload"])
    if group == "command":
        assert parse_command(json.dumps(example["payload"])).type == kind


def test_every_command_is_received_with_its_answers_and_everything_else_is_sent(document):
    received = {name: operation for name, operation in document["operations"].items() if operation["action"] == "receive"}
    assert set(received) == {f"receive.{kind}" for kind in COMMANDS}
    answers = {name: [each["$ref"].rsplit("/", 1)[1] for each in operation["reply"]["messages"]] for name, operation in received.items()}
    assert answers.pop("receive.hello") == ["answer.welcome", "answer.error"]
    assert all(each == ["answer.ok", "answer.error"] for each in answers.values())
    sent = {
        message["$ref"].rsplit("/", 1)[1]
        for operation in document["operations"].values()
        if operation["action"] == "send"
        for message in operation["messages"]
    }
    replied = {"answer.welcome", "answer.ok", "answer.error"}
    assert sent | replied == {f"{group}.{kind}" for group, kind in KINDS if group != "command"}


def test_every_reference_leads_somewhere(document):
    for reference in references_in(document):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def test_what_may_be_missing_is_never_null(document):
    schema = document["components"]["schemas"]["MessageCreated"]
    assert "text" not in schema["required"]
    assert schema["properties"]["text"]["type"] == "string"
    assert document["components"]["schemas"]["Oneself"]["properties"]["avatar"]["anyOf"][1] == {"type": "null"}


def test_the_document_knows_where_it_is_served(document):
    assert document["servers"]["this"]["protocol"] == "wss"
    assert document["servers"]["this"]["host"] == "chat.example.org"
    assert document["channels"]["socket"]["address"] == "/chat/ws"
    assert describe("Hubbub", "1", "localhost:8000", "/ws", False)["servers"]["this"]["protocol"] == "ws"


def references_in(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from references_in(each)
    elif isinstance(part, list):
        for each in part:
            yield from references_in(each)
