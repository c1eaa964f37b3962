"""The echo bot, in a process of its own, against a real chat."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from example_stage import EXAMPLES

from hubbub.testing import Stage, make_stage, stage

__all__ = ["make_stage", "stage"]


@pytest.mark.anyio
async def test_the_bot_echoes_and_a_restart_makes_no_difference(stage: Stage, tmp_path: Path) -> None:
    ada, echo = await stage.enters("ada"), await stage.enters("echo")
    token = (await echo.person.asks("POST", "tokens", json={"name": "bot"}))["token"]
    bookmarks = str(tmp_path / "echo.json")
    environment = {**os.environ, "CHAT_URL": stage.serving.origin, "CHAT_TOKEN": token, "ECHO_BOOKMARKS": bookmarks}
    bot = await started(environment)
    await ada.posts("@echo one")
    await ada.sees("ada said: @echo one", by=echo)
    await killed(bot)
    await ada.posts("@echo two")
    await ada.posts("not for you")
    bot = await started(environment)
    await ada.sees("ada said: @echo two", by=echo)
    await killed(bot)
    answers = [frame["text"] for frame in ada.line.frames if frame["type"] == "message.created" and frame["by"]["name"] == "echo"]
    assert answers == ["ada said: @echo one", "ada said: @echo two"]


async def started(environment: dict[str, str]) -> asyncio.subprocess.Process:
    """The bot, once it has said who it is."""
    program = str(EXAMPLES / "echo_bot.py")
    process = await asyncio.create_subprocess_exec(sys.executable, program, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 30)
    assert line.decode() == "I am @echo, in lobby.\n"
    return process


async def killed(process: asyncio.subprocess.Process) -> None:
    """End it without a word."""
    process.kill()
    await process.wait()
