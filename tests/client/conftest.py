"""A chat that can be stopped and started again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from restartable_chat import MakeChat, RestartableChat


@pytest.fixture
async def make_chat(anyio_backend: str, tmp_path: Path) -> AsyncIterator[MakeChat]:
    """Starts chats with the settings given."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> RestartableChat:
            chat = RestartableChat(tmp_path / "data", **settings)
            await chat.start()
            stack.push_async_callback(chat.stop)
            await chat.user("ada")
            return chat

        yield make


@pytest.fixture
async def chat(make_chat: MakeChat) -> RestartableChat:
    """A running chat with everything as it is by default."""
    return await make_chat()
