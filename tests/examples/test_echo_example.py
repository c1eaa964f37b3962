"""examples/echo.py: the tutorial's own expectations, and those of its three kinds of messages."""

import pytest
from example_stage import load, served
from fastapi.testclient import TestClient
from fastapi.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect


@pytest.fixture
def client() -> TestClient:
    return TestClient(load("echo").app)


def test_the_page_is_the_modules_html(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert b"<!DOCTYPE html>" in response.content
    assert response.text == load("echo").html


def test_each_text_is_answered_and_leaving_is_a_disconnect_for_the_endpoint(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws") as websocket:  # noqa: PT012
        for message in ("Message one", "Message two"):
            websocket.send_text(message)
            assert websocket.receive_text() == f"Message text was: {message}"


def test_bytes_come_back_as_they_were(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws") as websocket:  # noqa: PT012
        websocket.send_bytes(b"\x00\xff")
        assert websocket.receive_bytes() == b"\x00\xff"


def test_json_comes_back_as_json(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws/json") as websocket:  # noqa: PT012
        websocket.send_json({"grüß": [1, None]})
        assert websocket.receive_json() == {"message": {"grüß": [1, None]}}


def test_many_messages_of_both_kinds_share_one_real_connection(ws: str) -> None:
    with served(load("echo").app, ws) as here, connect(here.url("/ws")) as client:
        for number in range(100):
            client.send(f"number {number}")
            client.send(bytes([number]))
        answers = [client.recv(10) for _ in range(200)]
    assert answers[0::2] == [f"Message text was: number {number}" for number in range(100)]
    assert answers[1::2] == [bytes([number]) for number in range(100)]


@pytest.mark.parametrize("nonsense", ["{", b"\x00"])
def test_what_is_no_json_is_refused_with_1003_over_a_real_connection(ws: str, nonsense: str | bytes) -> None:
    with served(load("echo").app, ws) as here, connect(here.url("/ws/json")) as client:
        client.send('{"a": 1}')
        assert client.recv(10) == '{"message":{"a":1}}'
        client.send(nonsense)
        with pytest.raises(ConnectionClosedError) as closed:
            client.recv(10)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1003, "Expected JSON in a text message.")
