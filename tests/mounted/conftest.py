"""Every test has a folder for its chat, and a simple host to begin with."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Header, HTTPException
from mounted_chat import Site, mounted

from hubbub import Hubbub, Identity, Settings


async def believes(x_user: Annotated[str | None, Header()] = None) -> Identity | None:
    """The simplest host: it believes a header."""
    if x_user == "banned":
        raise HTTPException(403, "You are banned.")
    return Identity(id=f"host-{x_user}", name=x_user) if x_user else None


@pytest.fixture
async def mount(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Mounts a chat; takes what `mounted` takes but the folder, and asks the header when no dependency is given."""
    async with AsyncExitStack() as stack:
        count = iter(range(100))

        async def mount(current_user: Callable[..., Any] = believes, **options: Any) -> Site:
            return await stack.enter_async_context(mounted(tmp_path / f"data-{next(count)}", current_user, **options))

        yield mount


@pytest.fixture
def by_header() -> Callable[..., Any]:
    """A dependency that believes the header `X-User`."""
    return believes


@pytest.fixture
def chat(tmp_path: Path) -> Hubbub:
    """A chat that is not mounted yet; it asks the header."""
    return Hubbub(Settings(data=tmp_path / "data", rate_limits="off"), current_user=believes)
