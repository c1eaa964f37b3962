"""examples/many_clients.py: the tutorial's own expectations, in process and over a real socket."""

import socket

import pytest
from example_stage import load, served
from fastapi.testclient import TestClient
from websockets.sync.client import connect


def test_the_page_is_the_modules_html() -> None:
    example = load("many_clients")
    assert TestClient(example.app).get("/").text == example.html


def test_everybody_hears_what_one_says_and_that_one_left() -> None:
    client = TestClient(load("many_clients").app)
    with (
        client.websocket_connect("/ws/1234") as connection,
        client.websocket_connect("/ws/5678") as connection_two,
    ):
        connection.send_text("Hello from 1234")
        assert connection.receive_text() == "You wrote: Hello from 1234"
        assert connection_two.receive_text() == "Client #1234 says: Hello from 1234"
        assert connection.receive_text() == "Client #1234 says: Hello from 1234"
        connection_two.close()
        assert connection.receive_text() == "Client #5678 left the chat"


def test_over_real_sockets_it_is_the_same_conversation(ws: str) -> None:
    with served(load("many_clients").app, ws) as here, connect(here.url("/ws/1")) as ada:
        with connect(here.url("/ws/2")) as grace:
            ada.send("hi")
            assert ada.recv(10) == "You wrote: hi"
            assert ada.recv(10) == "Client #1 says: hi"
            assert grace.recv(10) == "Client #1 says: hi"
        assert ada.recv(10) == "Client #2 left the chat"


@pytest.mark.parametrize("farewell", ["politely", "by a cut cable"])
def test_who_leaves_is_missed_however_they_leave(ws: str, farewell: str) -> None:
    example = load("many_clients")
    with served(example.app, ws) as here, connect(here.url("/ws/1")) as ada:
        with connect(here.url("/ws/2")) as grace:
            if farewell == "politely":
                grace.close()
            else:
                grace.socket.shutdown(socket.SHUT_RDWR)
            assert ada.recv(10) == "Client #2 left the chat"
        assert len(example.manager.active_connections) == 1
