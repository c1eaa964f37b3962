"""The disk is full: nothing is acknowledged that is not stored, reading goes on, and writing too once there is room."""

import asyncio
import contextlib
import resource
import subprocess
import tempfile

import httpx2
import pytest
from clients import connected, welcomed
from crowd import a_crowd_at_work
from server_process import ServerProcess
from stage import furnish

pytestmark = pytest.mark.anyio

REFUSALS = 40


class FileSizeLimit:
    """A limit on the size of the server's files, which fails its writes wherever the test runs."""

    def __init__(self, folder):
        self._wal = folder / "hubbub.db-wal"

    def fills(self, server):
        server.limit(resource.RLIMIT_FSIZE, self._wal.stat().st_size + 4096)

    def has_room(self, server):
        server.limit(resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)


class SmallDisk:
    """A file system of a few megabytes, filled up with a file; for those who may mount one."""

    def __init__(self, folder):
        self._ballast = folder / "ballast"

    def fills(self, _server):
        with contextlib.suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def has_room(self, _server):
        self._ballast.unlink()


def mount(folder):
    """Put a small disk there; whether that is permitted."""
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True).returncode == 0


def unmount(folder):
    subprocess.run(["umount", folder], check=True)


def kinds_of_full():
    """Where mounting is not permitted there is one kind less, and no test that bears its name."""
    yield "the files may not grow"
    with tempfile.TemporaryDirectory() as folder:
        if mount(folder):
            unmount(folder)
            yield "the disk is full"


@pytest.fixture(params=kinds_of_full())
def disk(request, tmp_path):
    """Each kind of full."""
    folder = tmp_path / "data"
    folder.mkdir()
    if request.param == "the files may not grow":
        yield folder, FileSizeLimit(folder)
        return
    assert mount(folder)
    yield folder, SmallDisk(folder)
    unmount(folder)


async def test_a_full_disk_refuses_what_it_cannot_store_and_recovers_by_itself(disk):
    folder, space = disk
    async with a_crowd_at_work(folder, 2) as crowd:
        server, stage = crowd.scene.server, crowd.scene.stage
        await crowd.acknowledges(200)
        space.fills(server)
        await crowd.scene.progress.until(lambda: all(writer.refused >= REFUSALS for writer in crowd.writers))
        async with httpx2.AsyncClient(base_url=server.url, headers=stage.bearer("ada")) as http:
            await is_readable_and_refuses(http, stage)
        async with connected(server, stage, "ada") as websocket:
            assert (await welcomed(websocket))["user"]["name"] == "ada"
        assert all(client.close_codes == [] for client in crowd.clients)
        space.has_room(server)
        await crowd.acknowledges(200)
        async with httpx2.AsyncClient(base_url=server.url) as http:
            assert (await http.get("/health")).status_code == 200


async def test_health_recovers_even_when_nobody_writes(disk):
    folder, space = disk
    stage = await furnish(folder, ["ada"])
    async with ServerProcess(folder) as server, httpx2.AsyncClient(base_url=server.url, headers=stage.bearer("ada")) as http:
        space.fills(server)
        await is_readable_and_refuses(http, stage)
        space.has_room(server)
        async with asyncio.timeout(20):
            while (await http.get("/health")).status_code == 503:
                await asyncio.sleep(0.1)
        lobby = f"/api/rooms/{stage.rooms['lobby']}"
        assert (await http.post(f"{lobby}/messages", json={"key": "full", "text": "x"})).status_code == 201


async def is_readable_and_refuses(http, stage):
    lobby = f"/api/rooms/{stage.rooms['lobby']}"
    refused = await http.post(f"{lobby}/messages", json={"key": "full", "text": "x" * 8000})
    assert refused.status_code == 503
    assert refused.json()["code"] == "unavailable"
    assert int(refused.headers["retry-after"]) > 0
    assert (await http.get(f"{lobby}/messages")).status_code == 200
    assert (await http.get("/health")).status_code == 503
