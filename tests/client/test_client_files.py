"""Files by the client: up and down again, through cuts and restarts."""

import asyncio
from pathlib import Path

import pytest
from cutting_proxy import CuttingProxy
from restartable_chat import MakeChat, RestartableChat
from waiting import first

from hubbub.errors import Invalid, NotFound, TooLarge

pytestmark = pytest.mark.anyio

LARGE = bytes(range(256)) * 12_000  # three pieces


async def test_a_file_goes_up_into_a_message_and_down_again(chat: RestartableChat, tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_bytes(LARGE)
    async with await chat.client("ada") as ada, await chat.client("grace") as grace:
        messages = grace.room("lobby").messages()
        room = ada.room("lobby")
        files = [await room.upload(source), await room.upload(b"hello", name="hello.txt")]
        await room.send("", files=files)

        [message] = await first(1, messages)
        assert [(file.name, file.size, file.kind) for file in message.files] == [
            ("notes.txt", len(LARGE), "file"),
            ("hello.txt", 5, "file"),
        ]
        assert list((await room.page()).messages[-1].files) == list(message.files) == files
        got = await grace.room("lobby").download(message.files[0], tmp_path / "got")
        assert got.read_bytes() == LARGE
        await room.delete(message.seq)
        with pytest.raises(NotFound):
            await grace.room("lobby").download(message.files[1], tmp_path / "gone")
        assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["got", "notes.txt"]


async def test_what_is_no_file_for_a_message_is_refused(make_chat: MakeChat, tmp_path: Path) -> None:
    chat = await make_chat(file_limit=10)
    async with await chat.client("ada") as ada:
        room = ada.room("lobby")
        with pytest.raises(TooLarge):
            await room.upload(b"x" * 11, name="large.txt")
        with pytest.raises(Invalid):
            await room.upload(b"")
        with pytest.raises(FileNotFoundError):
            await room.upload(tmp_path / "nowhere")


async def test_an_upload_goes_on_after_a_cut_and_after_a_restart(chat: RestartableChat) -> None:
    async with CuttingProxy(chat.port).running() as proxy, await chat.client("ada", url=proxy.url) as ada:
        room = ada.room("lobby")
        proxy.swallows_answers = True
        chat.may_come_back.clear()
        uploading = asyncio.create_task(room.upload(LARGE, name="large.bin"))
        await asyncio.wait_for(proxy.swallowed.wait(), 10)
        proxy.swallows_answers = False
        proxy.cut()
        await chat.restart()
        chat.may_come_back.set()
        file = await asyncio.wait_for(uploading, 60)

        assert file.size == len(LARGE)
        seq = await room.send("here", files=[file])
        assert (await room.page(around=seq)).messages[-1].files == [file]
        kept = [path for path in (chat.hubbub.settings.data / "files").rglob("*") if path.is_file()]
        assert [path.read_bytes() == LARGE for path in kept] == [True]
