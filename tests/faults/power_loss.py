"""The power goes while a crowd chats: what was acknowledged must be on the disk when it comes back.

Not part of the test suite, because it needs root, a loop device and ext4. By hand: `python tests/faults/power_loss.py [ROUNDS]`

A kill does not show what a power cut does: the kernel lives on and writes out what was never flushed. So the data lie on
an ext4 of their own, which the kernel is told to shut down without flushing its journal (EXT4_IOC_SHUTDOWN): from then
on nothing more reaches the image, and what was only in the page cache is gone. It is mounted again as after a power cut,
the database is checked, the server started, and history and log are compared.
"""

import asyncio
import fcntl
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd import Crowd, a_crowd_at_work

EXT4_IOC_SHUTDOWN = 0x8004587D
WITHOUT_FLUSHING_THE_JOURNAL = struct.pack("I", 2)
ROUNDS = 5


@contextmanager
def a_disk(folder: Path) -> Iterator[Path]:
    """An ext4 in a file, mounted."""
    image, disk = folder / "disk.img", folder / "disk"
    with image.open("wb") as file:
        file.truncate(256 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    disk.mkdir()
    mount(image, disk)
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def mount(image: Path, disk: Path) -> None:
    """Mount it; what its journal holds is replayed first, as after a crash."""
    subprocess.run(["mount", "-o", "loop", image, disk], check=True)


def cut_the_power(disk: Path) -> None:
    """Let nothing more reach the disk, whatever is still in the caches."""
    root = os.open(disk, os.O_RDONLY)
    try:
        fcntl.ioctl(root, EXT4_IOC_SHUTDOWN, WITHOUT_FLUSHING_THE_JOURNAL)
    finally:
        os.close(root)


def integrity(disk: Path) -> str:
    """What SQLite says of the file, on a connection that changes nothing."""
    connection = sqlite3.connect(f"file:{disk / 'hubbub.db'}?mode=ro", uri=True)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


async def lose_power(crowd: Crowd, disk: Path) -> None:
    """One power cut in the middle of the crowd's work, and the return of the power."""
    await crowd.acknowledges(2000)
    cut_the_power(disk)
    await crowd.scene.server.kill()
    subprocess.run(["umount", disk], check=True)
    mount(disk.with_name("disk.img"), disk)
    print(f"  {crowd.acknowledged} acknowledged, integrity {integrity(disk)}", flush=True)
    assert integrity(disk) == "ok"
    await crowd.scene.server.start()


async def main(rounds: int) -> None:
    """Lose power so many times; an AssertionError says what was lost."""
    with tempfile.TemporaryDirectory() as folder, a_disk(Path(folder)) as disk:
        async with a_crowd_at_work(disk, seed=rounds) as crowd:
            for number in range(1, rounds + 1):
                print(f"power cut {number}", flush=True)
                await lose_power(crowd, disk)
    print(f"{crowd.acknowledged} messages acknowledged over {rounds} power cuts: none lost, none twice, none out of order")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
