"""The few things that go over REST: editing, deleting, pages of history, files. Needs the extra `hubbub[client]`."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from hubbub.client.refusals import refusal
from hubbub.errors import Unavailable

if TYPE_CHECKING:
    import httpx2

_TIMEOUT_SECONDS = 30.0


class Rest:
    """REST calls with the client's own credentials, over connections that are kept."""

    def __init__(self, api: str, headers: Mapping[str, str]) -> None:
        self._api = api
        self._headers = dict(headers)
        self._open: httpx2.AsyncClient | None = None

    async def call(self, method: str, path: str, *, json: Any = None, **query: int | str | None) -> Any:
        """What the server answers, as JSON. Raises its refusal, or `Unavailable` when it does not answer."""
        given = {name: value for name, value in query.items() if value is not None}
        response = await self.request(method, path, json=json, params=given)
        return response.json() if response.content else None

    async def request(self, method: str, path: str, **given: Any) -> "httpx2.Response":
        """The server's answer as it came. Raises its refusal, or `Unavailable` when it does not answer."""
        http = _httpx()
        client = self._client(http)
        try:
            response = await client.request(method, path, **given)
        except http.HTTPError as error:
            raise Unavailable(f"{method} {path} got no answer: {error!r}") from error
        if response.is_error:
            raise refusal(_problem(response))
        return response

    async def stream(self, path: str) -> AsyncIterator[bytes]:
        """The bytes at a path as they come. Raises the server's refusal, or `Unavailable` when they end before their end."""
        http = _httpx()
        client = self._client(http)
        try:
            async with client.stream("GET", path) as response:
                if response.is_error:
                    await response.aread()
                    raise refusal(_problem(response))
                async for some in response.aiter_bytes():
                    yield some
        except http.HTTPError as error:
            raise Unavailable(f"GET {path} broke off: {error!r}") from error

    async def close(self) -> None:
        """Let go of the connections. Safe to call twice."""
        client, self._open = self._open, None
        if client is not None:
            await client.aclose()

    def _client(self, http: Any) -> "httpx2.AsyncClient":
        if self._open is None:
            self._open = http.AsyncClient(base_url=self._api, headers=self._headers, timeout=_TIMEOUT_SECONDS)
        return self._open


def _httpx() -> Any:
    try:
        import httpx2
    except ImportError:
        raise RuntimeError("Editing, deleting and history need httpx2. Install it with: pip install 'hubbub[client]'") from None
    return httpx2


def _problem(response: "httpx2.Response") -> Mapping[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict):
        return problem
    # The answer to a HEAD has no body, and a proxy's is none of ours.
    code = {401: "unauthenticated", 403: "forbidden", 404: "not_found"}.get(response.status_code, "unavailable")
    return {"code": code, "detail": f"The server answered {response.status_code}."}
