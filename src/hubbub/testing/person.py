"""Somebody in the cast: who they are to the chat, and what they ask of it over HTTP."""

from collections.abc import Mapping
from typing import Any

import httpx2

from hubbub.testing.errors import Json, Refused


class Person:
    """A user of the chat with a way to sign requests. All of a person's clients share it."""

    def __init__(self, id: str, name: str, headers: Mapping[str, str], browser: httpx2.AsyncClient) -> None:
        self.id = id
        self.name = name
        self.headers = dict(headers)
        """What proves who they are: `Authorization`, or a cookie with its `Origin`."""
        self.browser = browser
        """An HTTP client for addresses below `{prefix}/api/`."""

    async def asks(self, method: str, path: str, **request: Any) -> Json:
        """Ask by REST and return the JSON of the answer ({} for none). Raises `Refused` for an error."""
        response = await self.browser.request(method, path, **request)
        if response.status_code >= 400:
            raise Refused(response.json())
        answer: Json = response.json() if response.content else {}
        return answer

    async def asks_for_all(self, path: str, **params: Any) -> list[Json]:
        """All items of a list, page by page."""
        page = await self.asks("GET", path, params=params)
        items: list[Json] = page["items"]
        while page["next"] is not None:
            page = await self.asks("GET", path, params={**params, "after": page["next"]})
            items += page["items"]
        return items

    async def close(self) -> None:
        """Close what is open."""
        await self.browser.aclose()
