"""REST describes itself fully, and lets nobody in who did not sign in, but where that is meant."""

import httpx2
import pytest

from hubbub import Hubbub, Settings

# Who is not signed in can ask what this chat is, come in, and look at an invite.
OPEN_TO_ALL = {"get_site", "set_up_owner", "sign_in", "reset_password", "look_up_invite", "accept_invite", "confirm_email", "stop_letters"}

PROMISED = """
GET me, PATCH me, GET rooms, POST rooms, GET rooms/{room}, PATCH rooms/{room}, DELETE rooms/{room}, GET rooms/{room}/messages,
POST rooms/{room}/messages, PATCH rooms/{room}/messages/{seq}, DELETE rooms/{room}/messages/{seq}, GET rooms/{room}/events,
PUT rooms/{room}/read, GET rooms/{room}/members, PUT rooms/{room}/members/{user}, PATCH rooms/{room}/members/{user},
DELETE rooms/{room}/members/{user}, POST session, DELETE session, GET sessions, DELETE sessions, DELETE sessions/{id}, POST invites,
POST invites/{code}/accept, POST tokens, DELETE tokens/{id}
"""


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    """Every operation: (method, path below the API, what OpenAPI says of it)."""
    described = Hubbub(Settings(data=tmp_path_factory.mktemp("data"))).app.openapi()
    return [
        (method.upper(), path.removeprefix("/api/"), operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_promised_route_is_described(operations):
    promised = {tuple(words.split()) for words in PROMISED.split(",")}
    assert promised - {(method, path) for method, path, _ in operations} == set()


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(operations):
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    assert all(operation.get("summary") for _, _, operation in operations)


def test_what_is_open_to_all_is_named_here(operations):
    assert {operation["operationId"] for _, _, operation in operations if not operation.get("security")} == OPEN_TO_ALL


@pytest.mark.anyio
async def test_every_other_operation_refuses_who_is_not_signed_in(operations, tmp_path):
    chat = Hubbub(Settings(data=tmp_path / "data"))
    transport = httpx2.ASGITransport(chat.app)
    async with chat.lifespan(), httpx2.AsyncClient(transport=transport, base_url="http://chat.test") as nobody:
        for method, path, operation in operations:
            if operation["operationId"] not in OPEN_TO_ALL:
                filled = path.format(room="a" * 16, seq=1, user="a" * 16, id="a" * 16, code="x", emoji="+1", name="x", n=0)
                answer = await nobody.request(method, f"/api/{filled}")
                # The answer to a HEAD is all in its head.
                code = "unauthenticated" if method == "HEAD" else answer.json()["code"]
                assert (answer.status_code, code) == (401, "unauthenticated"), f"{method} {path}"
