"""The server dies in the middle of an upload, and between a file's steps: no message ever has less than all of a file."""

import asyncio
import sqlite3
from contextlib import closing
from hashlib import sha256

import httpx2
import pytest
from server_process import ServerProcess

from hubbub import Hubbub, Settings
from hubbub.checking.check import check
from hubbub.files.folder import Folder

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

DATA = bytes(range(256)) * 40_000
PIECE = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
async def token(tmp_path):
    chat = Hubbub(Settings(data=tmp_path / "data"))
    async with chat.lifespan():
        return (await chat.accounts.create_token(await chat.accounts.add_user("ada"), "test")).secret


def browser(server, token):
    return httpx2.AsyncClient(base_url=f"{server.url}/api/", headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False)


async def arrived(ada, upload):
    answer = await ada.head(f"uploads/{upload['id']}")
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


async def test_an_upload_goes_on_after_a_kill_in_the_middle_of_a_piece(tmp_path, token):
    async with ServerProcess(tmp_path / "data") as server:
        async with browser(server, token) as ada:
            upload = (await ada.post("uploads", json={"name": "a.bin", "size": len(DATA)})).json()
            head = f"PATCH /api/uploads/{upload['id']} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nUpload-Offset: 0\r\n"
            head += f"Content-Type: {PIECE['Content-Type']}\r\nContent-Length: {len(DATA)}\r\n\r\n"
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(head.encode() + DATA[:5_000_000])
            while await arrived(ada, upload) < 3_000_000:
                assert not reader.at_eof()
            await server.kill()
            writer.transport.abort()
        await server.start()

        async with browser(server, token) as ada:
            there = await arrived(ada, upload)
            assert 3_000_000 <= there <= 5_000_000
            answer = await ada.patch(f"uploads/{upload['id']}", content=DATA[there:], headers={**PIECE, "Upload-Offset": str(there)})
            assert answer.status_code == 200
            lobby = next(room["id"] for room in (await ada.get("rooms")).json()["items"])
            posted = await ada.post(f"rooms/{lobby}/messages", json={"key": "a", "text": "", "files": [upload["id"]]})
            assert posted.status_code == 201
            assert sha256((await ada.get(f"files/{upload['id']}/a.bin")).content).digest() == sha256(DATA).digest()
    report = check(f"sqlite:///{tmp_path / 'data' / 'hubbub.db'}", size_of=Folder(tmp_path / "data" / "files").size)
    assert report.is_sound, report.faults


@pytest.mark.parametrize("moment", ["before the bytes are kept", "after the bytes are kept", "after the file is whole"])
async def test_a_file_is_finished_after_a_kill_between_its_steps(tmp_path, token, moment, monkeypatch):
    class Killed(BaseException):
        """Stands in for the end of the process: nothing of ours runs after it."""

    def dies(*_):
        raise Killed

    chat = Hubbub(Settings(data=tmp_path / "data"))
    async with chat.lifespan():
        ada = await chat.accounts.user_by_name("ada")
        uploads, storage = chat.features.files.uploads, chat.features.files.storage
        begun = await uploads.begin(ada, claims(), key="mine")
        keep = storage.keep

        def keeps_and_dies(file, address):
            keep(file, address)
            raise Killed

        if moment == "before the bytes are kept":
            monkeypatch.setattr(storage, "keep", dies)
        elif moment == "after the bytes are kept":
            monkeypatch.setattr(storage, "keep", keeps_and_dies)
        else:
            monkeypatch.setattr(storage, "forget", dies)
        with pytest.raises(Killed):
            await uploads.take(ada, begun.file.id, 0, whole())

    again = Hubbub(Settings(data=tmp_path / "data"))
    async with again.lifespan():
        uploads = again.features.files.uploads
        stands = await uploads.begin(ada, claims(), key="mine")
        assert (stands.file.id, stands.arrived) == (begun.file.id, len(DATA))
        finished = await uploads.take(ada, stands.file.id, len(DATA), nothing())
        assert finished.file.is_whole
        await again.messages.post_message(ada, await again.room_id("lobby"), key="a", text="", files=[finished.file.id])
        storage = again.features.files.storage
        assert storage.size(finished.file.content) == len(DATA)
        with closing(sqlite3.connect(tmp_path / "data" / "hubbub.db")) as connection:
            assert connection.execute("SELECT count(*) FROM files").fetchone() == (1,)
    report = check(f"sqlite:///{tmp_path / 'data' / 'hubbub.db'}", size_of=storage.size)
    assert report.is_sound, report.faults


def claims():
    from hubbub.files.model import Claims

    return Claims("a.bin", len(DATA))


async def whole():
    yield DATA


async def nothing():
    return
    yield
