"""A pytest plugin for chats: a stage with a real Hubbub on it, and a cast that speaks in the verbs of the domain.

In the top `conftest.py` write `pytest_plugins = ["hubbub.testing"]`; then a test asks for `stage`:

    async def test_grace_sees_what_ada_posts(stage):
        ada, grace = await stage.enters("ada"), await stage.enters("grace")
        await ada.posts("hi")
        await grace.sees("hi")

It needs the anyio plugin of pytest with the asyncio backend.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hubbub.testing.actor import Actor
from hubbub.testing.clock import Clock
from hubbub.testing.errors import BrokenPromise, HungUp, Refused
from hubbub.testing.person import Person
from hubbub.testing.stage import Knows, Stage, stage_in, stage_on

__all__ = [
    "Actor",
    "BrokenPromise",
    "Clock",
    "HungUp",
    "Knows",
    "Person",
    "Refused",
    "Stage",
    "make_stage",
    "refused",
    "stage",
    "stage_in",
    "stage_on",
]

MakeStage = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def make_stage(anyio_backend: str, tmp_path: Path) -> AsyncIterator[MakeStage]:
    """Makes stages, each with a chat of its own; takes what `stage_in` takes but the folder."""
    async with AsyncExitStack() as stack:
        made: list[Stage] = []

        async def make(**options: object) -> Stage:
            made.append(await stack.enter_async_context(stage_in(tmp_path / f"chat-{len(made)}", **options)))  # type: ignore[arg-type]
            return made[-1]

        yield make


@pytest.fixture
async def stage(make_stage: MakeStage) -> Stage:
    """A stage with a chat of its own, served by a real server on a free port."""
    return await make_stage()


def refused(code: str) -> "pytest.RaisesExc[Refused]":
    """A context that holds that the chat says no, with this code."""
    return pytest.RaisesExc(Refused, check=lambda no: no.code == code)
