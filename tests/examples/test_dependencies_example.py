"""examples/dependencies.py: the tutorial's own expectations and refusals, in process and over a real socket."""

import pytest
from example_stage import load, served
from fastapi.testclient import TestClient
from fastapi.websockets import WebSocketDisconnect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


@pytest.fixture
def client() -> TestClient:
    return TestClient(load("dependencies").app)


def test_the_page_is_the_modules_html(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert b"<!DOCTYPE html>" in response.content
    assert response.text == load("dependencies").html


@pytest.mark.parametrize(
    ("path", "cookies", "headers", "item", "answers"),
    [
        ("/items/foo/ws", {"session": "fakesession"}, {}, "foo", ["Session cookie or query token value is: fakesession"]),
        ("/items/bar/ws?token=some-token", {}, {}, "bar", ["Session cookie or query token value is: some-token"]),
        (
            "/items/2/ws?q=3&token=some-token",
            {},
            {},
            "2",
            ["Session cookie or query token value is: some-token", "Query parameter q is: 3"],
        ),
        (
            "/items/2/ws?token=some-token",
            {"session": "fakesession"},
            {"X-Client": "xmen", "X-API-Key": "a-key"},
            "2",
            ["Session cookie or query token value is: fakesession", "Header X-Client is: xmen", "API key is: a-key"],
        ),
    ],
    ids=["cookie", "token", "token and q", "cookie, header and security"],
)
def test_each_message_is_answered_with_what_the_dependencies_found(
    path: str, cookies: dict[str, str], headers: dict[str, str], item: str, answers: list[str]
) -> None:
    client = TestClient(load("dependencies").app, cookies=cookies)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(path, headers=headers) as websocket:  # noqa: PT012
        for message in ("Message one", "Message two"):
            websocket.send_text(message)
            for answer in answers:
                assert websocket.receive_text() == answer
            assert websocket.receive_text() == f"Message text was: {message}, for item ID: {item}"


REFUSED = {"neither cookie nor token": "/items/foo/ws", "q is no number": "/items/foo/ws?q=bar&token=some-token"}


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_a_visitor_without_credentials_or_with_bad_values_is_refused_with_1008(client: TestClient, path: str) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(path):
        pytest.fail("was let in")
    assert refused.value.code == 1008


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_over_a_real_socket_the_refusal_is_a_403(ws: str, path: str) -> None:
    with served(load("dependencies").app, ws) as here, pytest.raises(InvalidStatus) as refused, connect(here.url(path)):
        pytest.fail("was let in")
    assert refused.value.response.status_code == 403


def test_over_a_real_socket_cookie_query_header_and_security_reach_the_endpoint(ws: str) -> None:
    headers = {"Cookie": "session=fakesession", "X-Client": "xmen", "X-API-Key": "a-key"}
    with (
        served(load("dependencies").app, ws) as here,
        connect(here.url("/items/7/ws?q=3"), additional_headers=headers) as client,
    ):
        client.send("hi")
        assert [client.recv(10) for _ in range(5)] == [
            "Session cookie or query token value is: fakesession",
            "Query parameter q is: 3",
            "Header X-Client is: xmen",
            "API key is: a-key",
            "Message text was: hi, for item ID: 7",
        ]
