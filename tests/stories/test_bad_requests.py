"""Whatever is asked by REST is answered with a problem that says what was wrong, and never by falling over."""

import json
import re
from urllib.parse import quote

import pytest
from hidden_room import NO_ID
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.anyio

STATUS = {
    "bad_frame": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "invalid": 422,
    "rate_limited": 429,
    "unavailable": 503,
}


@pytest.fixture
async def stage(make_stage):
    stage = await make_stage(server="none")
    stage.ada = await stage.enters("ada")
    return stage


def assert_is_a_problem(answer):
    assert answer.headers["content-type"] == "application/problem+json", answer.content
    problem = answer.json()
    assert problem.keys() >= {"type", "title", "status", "detail", "code"}
    assert answer.status_code == problem["status"] == STATUS[problem["code"]]
    assert problem["detail"]


ODD_BODIES = [
    (b"", "application/json", 422),
    (b"{", "application/json", 422),
    (b"null", "application/json", 422),
    (b"[]", "application/json", 422),
    (b'"text"', "application/json", 422),
    (b"{}", "application/json", 422),
    (b'{"key": "k", "text": "hi"}', "text/plain", 422),
    (b"key=k&text=hi", "application/x-www-form-urlencoded", 422),
    (b"\xff\xfe{}", "application/json", 422),
    (b'{"key": "k", "text": "\xff"}', "application/json", 400),
    (b'{"key": "k", "text": "\\ud800"}', "application/json", 422),
    (b'{"key": "\\udfff", "text": "hi"}', "application/json", 422),
    (b'{"key": "k", "text": "a\\u0000b"}', "application/json", 422),
    (b'{"key": "a\\u0000b", "text": "hi"}', "application/json", 422),
    (b'{"key": "k", "text": NaN}', "application/json", 422),
    (b'{"key": "k", "text": 1e999}', "application/json", 422),
    (b'{"key": 7, "text": "hi"}', "application/json", 422),
    (b'{"key": "", "text": "hi"}', "application/json", 422),
    (b'{"key": "k", "text": ["hi"]}', "application/json", 422),
    (b'{"key": "k", "text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "application/json", 400),
    (b'{"a":' * 40_000, "application/json", 400),
    (b'{"key": "k", "text": "' + b"x" * 8001 + b'"}', "application/json", 413),
    (b'{"key": "k", "text": "' + b"x" * 300_000 + b'"}', "application/json", 413),
    (b"9" * 200_000, "application/json", 400),
]


async def test_an_odd_body_is_a_problem(stage):
    wrong = []
    for body, kind, status in ODD_BODIES:
        path = f"rooms/{stage.id_of('lobby')}/messages"
        answer = await stage.ada.person.browser.post(path, content=body, headers={"content-type": kind})
        if answer.status_code != status:
            wrong.append((body[:60], status, answer.status_code, answer.content[:200]))
        else:
            assert_is_a_problem(answer)
    assert not wrong, "\n".join(str(one) for one in wrong)


async def test_a_body_without_end_is_cut_off(stage):
    async def forever():
        for _ in range(10_000):
            yield b" " * 10_000
        raise AssertionError("It read a hundred megabytes")

    answer = await stage.ada.person.browser.post("rooms", content=forever(), headers={"content-type": "application/json"})

    assert answer.status_code == 413
    assert_is_a_problem(answer)


async def test_fields_that_are_not_ones_own_to_set_change_nothing(stage):
    lobby = stage.id_of("lobby")
    body = {
        "key": "k",
        "text": "hi",
        "seq": 77,
        "by": {"id": NO_ID},
        "at": "1970-01-01T00:00:00.000Z",
        "room": NO_ID,
        "type": "room.changed",
    }
    message = await stage.ada.person.asks("POST", f"rooms/{lobby}/messages", json=body)
    room = await stage.ada.person.asks("POST", "rooms", json={"kind": "private", "name": "n", "id": NO_ID, "role": "x", "last_seq": 9})
    me = await stage.ada.person.asks("PATCH", "me", json={"role": "owner", "id": NO_ID, "kind": "bot", "is_active": False})

    assert (message["seq"], message["by"]["id"], message["room"]) == (2, stage.ada.person.id, lobby)
    assert room["id"] != NO_ID
    assert (room["role"], room["last_seq"]) == ("owner", 1)
    assert (me["role"], me["kind"], me["id"]) == ("member", "human", stage.ada.person.id)


ODD_TEXT = st.one_of(
    st.sampled_from(
        ["", " ", "me", "..", "%00", "a/b", "'", '"', "NaN", "-1", "1e9", "9" * 400, NO_ID, "\u202e", "\U0001f600", "true", "null"]
    ),
    st.text(max_size=20),
)
ODD_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), ODD_TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(ODD_TEXT, inner, max_size=3)),
    max_leaves=6,
)


def operations(openapi):
    """Every route: method, path, names of query parameters, fields of the body, and which of them have a known type."""
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            query = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
            named = re.findall(r"schemas/(\w+)", str(operation.get("requestBody", "")))
            fields = [field for name in named for field in openapi["components"]["schemas"][name]["properties"]]
            yield method.upper(), path.removeprefix("/api/"), query, fields


def requests_to(openapi, known_ids):
    """Requests that are like those the routes expect, with odd values in every place."""
    value = st.one_of(st.sampled_from(known_ids), ODD_TEXT)

    def fill(route):
        method, path, query, fields = route
        return st.builds(
            lambda parts, params, body: (method, _filled(path, parts), params, body),
            st.lists(value, min_size=3, max_size=3),
            st.fixed_dictionaries({}, optional=dict.fromkeys(query, ODD_TEXT)),
            st.one_of(ODD_VALUE, st.fixed_dictionaries({}, optional={name: st.one_of(value, ODD_VALUE) for name in fields}))
            if fields
            else st.none(),
        )

    return st.sampled_from([route for route in operations(openapi) if route[1] not in ("session", "sessions")]).flatmap(fill)


def _filled(path, parts):
    return re.sub(r"\{\w+\}", lambda _: quote(parts.pop(), safe=""), path)


def json_of(value):
    """JSON as careless programs write it: NaN, lone surrogates and huge numbers included."""
    return json.dumps(value).encode()


async def test_nothing_that_is_asked_makes_it_fall_over(stage):
    known = [stage.id_of("lobby"), stage.ada.person.id, "2", "1"]
    seen = []

    @settings(
        max_examples=400,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests_to(stage.chat.app.openapi(), known))
    def collect(request):
        seen.append(request)

    collect()
    statuses = set()
    for method, path, params, body in seen:
        content = {} if body is None else {"content": json_of(body), "headers": {"content-type": "application/json"}}
        answer = await stage.ada.person.browser.request(method, path, params=params, **content)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (method, path, params, body, answer.content)
        if answer.status_code >= 400 and answer.status_code not in (404, 405):
            assert_is_a_problem(answer)
    assert statuses >= {200, 404, 422}
    assert await stage.ada.person.asks("GET", "me")


async def test_a_path_that_is_not_there_is_answered_in_our_format(make_stage):
    stage = await make_stage(server="none")
    ada = await stage.enters("ada")
    for path in ("zz", "", "rooms/x/nothing"):
        answer = await ada.person.browser.get(path)
        assert answer.status_code == 404
        assert_is_a_problem(answer)
        assert answer.json()["code"] == "not_found"
