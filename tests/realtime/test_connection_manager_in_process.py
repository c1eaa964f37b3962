"""ConnectionManager in Starlette's TestClient, where each WebSocket may live on an event loop of its own; and what it refuses."""

import datetime
import gc
import math
import re
import threading
import weakref
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.testclient import TestClient

from hubbub import ConnectionManager


@pytest.fixture
def manager() -> ConnectionManager:
    return ConnectionManager()


@pytest.fixture
def client(manager: ConnectionManager) -> TestClient:
    app = FastAPI()

    @app.websocket("/ws")
    async def listen(websocket: WebSocket, group: str | None = None) -> None:
        async with manager.connected(websocket, group=group):
            async for text in websocket.iter_text():
                await manager.broadcast(text)

    @app.websocket("/rude")
    async def leave_without_a_word(websocket: WebSocket) -> None:
        await manager.connect(websocket)
        await websocket.receive()

    return TestClient(app)


def test_websockets_on_loops_of_their_own_reach_each_other(client: TestClient, manager: ConnectionManager) -> None:
    with client.websocket_connect("/ws") as ada, client.websocket_connect("/ws?group=kitchen") as grace:
        ada.send_text("hi")
        assert (ada.receive_text(), grace.receive_text()) == ("hi", "hi")
        manager.publish("from the test's thread")
        manager.publish_json(["soup"], group="kitchen")
        assert (ada.receive_text(), grace.receive_text()) == ("from the test's thread", "from the test's thread")
        assert grace.receive_json() == ["soup"]
    assert manager.active_connections == []


def test_websockets_on_one_loop_do_so_too(client: TestClient, manager: ConnectionManager) -> None:
    with client, client.websocket_connect("/ws") as ada, client.websocket_connect("/ws") as grace:
        grace.send_text("hi")
        assert (ada.receive_text(), grace.receive_text()) == ("hi", "hi")
        assert client.portal is not None
        client.portal.call(manager.send_personal_message, b"psst", manager.active_connections[0])
        client.portal.call(manager.broadcast, "on the loop")
        assert (ada.receive_bytes(), ada.receive_text()) == (b"psst", "on the loop")
        assert grace.receive_text() == "on the loop"


def test_another_loop_and_another_thread_may_address_or_disconnect_a_websocket(client: TestClient, manager: ConnectionManager) -> None:
    with client.websocket_connect("/ws") as ada, client.websocket_connect("/ws") as grace:
        first, second = manager.active_connections
        grace.portal.call(manager.send_personal_message, "psst", first)
        assert ada.receive_text() == "psst"
        thread = threading.Thread(target=lambda: [manager.disconnect(second), manager.publish("who is left?")])
        thread.start()
        assert ada.receive_text() == "who is left?"
        thread.join()
        assert manager.active_connections == [first]


def test_an_endpoint_that_never_disconnects_is_forgotten_with_its_loop(client: TestClient, manager: ConnectionManager) -> None:
    with client.websocket_connect("/rude"):
        (websocket,) = (weakref.ref(websocket) for websocket in manager.active_connections)
    with client.websocket_connect("/ws") as ada:
        manager.publish("who is left?")
        assert ada.receive_text() == "who is left?"
        assert len(manager.active_connections) == 1
    gc.collect()
    assert websocket() is None


def test_the_endpoints_own_close_comes_after_what_was_broadcast(manager: ConnectionManager) -> None:
    app = FastAPI()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await manager.connect(websocket)
        manager.publish("first")
        await websocket.close(4000, "then this")
        await manager.broadcast("nobody hears this")

    with TestClient(app).websocket_connect("/ws") as client:
        assert client.receive_text() == "first"
        with pytest.raises(WebSocketDisconnect) as closed:
            client.receive_text()
        assert (closed.value.code, closed.value.reason) == (4000, "then this")
    assert manager.active_connections == []


class Unsayable:
    """Nothing that could be sent."""


UNSENDABLE: dict[str, tuple[str, Any, type[Exception], str]] = {
    "an object": ("publish", Unsayable(), TypeError, r"Expected text \(str\) or bytes, got Unsayable.*broadcast_json"),
    "a dict as text": ("publish", {"a": 1}, TypeError, r"got dict\. For other data there is broadcast_json"),
    "half a surrogate pair": ("publish", "ab\ud800", ValueError, r"the character '\\ud800' at 2 is half of a surrogate pair"),
    "a date as JSON": ("publish_json", datetime.date.today(), TypeError, r"date is not JSON serializable\. .*jsonable_encoder"),
    "NaN as JSON": ("publish_json", {"a": math.nan}, ValueError, "Expected data that JSON can say: .*not JSON compliant"),
    "half a surrogate pair as JSON": ("publish_json", ["\udfff"], ValueError, "half of a surrogate pair"),
}


@pytest.mark.parametrize(("way", "content", "error", "sentence"), UNSENDABLE.values(), ids=UNSENDABLE.keys())
def test_what_cannot_be_encoded_is_told_to_the_caller_and_to_nobody_else(
    client: TestClient,
    manager: ConnectionManager,
    caplog: pytest.LogCaptureFixture,
    way: str,
    content: Any,
    error: type[Exception],
    sentence: str,
) -> None:
    awaited = {"publish": manager.broadcast, "publish_json": manager.broadcast_json}[way]
    with client, client.websocket_connect("/ws") as ada, client.websocket_connect("/ws") as grace:
        with pytest.raises(error, match=sentence):
            getattr(manager, way)(content)
        assert client.portal is not None
        with pytest.raises(error, match=sentence):
            client.portal.call(awaited, content)
        manager.publish("all is well")
        assert (ada.receive_text(), grace.receive_text()) == ("all is well", "all is well")
        assert len(manager.active_connections) == 2
    lines = [record.getMessage() for record in caplog.records if record.name == "hubbub.realtime"]
    assert len(lines) == 2
    assert all(re.match(f"A message to WebSockets was sent to nobody. .*{sentence}", line) for line in lines)


def test_a_circle_is_no_json(manager: ConnectionManager) -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="Circular reference"):
        manager.publish_json(circle)


def test_a_personal_message_that_cannot_be_encoded_leaves_the_connection_as_it_was(client: TestClient, manager: ConnectionManager) -> None:
    with client, client.websocket_connect("/ws") as ada:
        assert client.portal is not None
        with pytest.raises(TypeError, match="got int"):
            client.portal.call(manager.send_personal_message, 7, manager.active_connections[0])
        manager.publish("all is well")
        assert ada.receive_text() == "all is well"


def test_a_group_is_named_by_a_str(client: TestClient, manager: ConnectionManager) -> None:
    number: Any = 7
    with pytest.raises(TypeError, match=r"Expected the group as a str, got int\. .*group=str\(7\)"):
        manager.publish("hi", group=number)


@pytest.mark.parametrize("address", ["kafka://:secret@there", "secret"])
def test_an_address_of_anything_else_is_refused_with_what_was_expected(address: str) -> None:
    with pytest.raises(ValueError, match=r"Expected an address such as redis://localhost:6379, or none; got ") as refused:
        ConnectionManager(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("bounds", [{"max_waiting_bytes": 0}, {"max_waiting_messages": 0}])
def test_a_bound_of_nothing_is_refused(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ConnectionManager(**bounds)
