"""Files on their way to the server and back, piece by piece: a lost connection costs no more than one. Needs `hubbub[client]`."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

from hubbub.client.backoff import Timing, reconnect_delay
from hubbub.client.rest import Rest
from hubbub.errors import Conflict, Invalid, RateLimited, Unavailable
from hubbub.protocol.events import File

PATIENCE = 10
"""So often in a row a piece may fail before the upload is given up."""

_PIECE_TYPE = "application/offset+octet-stream"


async def upload(rest: Rest, timing: Timing, source: Path | bytes, *, name: str, voice: bool) -> File:
    """Upload a file, and go on where it was when the connection is lost. Raises what the server refuses."""
    size = len(source) if isinstance(source, bytes) else (await asyncio.to_thread(source.stat)).st_size
    announced = {"name": name, "size": size, "voice": voice, "key": str(uuid4())}
    failures, begun, offset = 0, None, 0
    while True:
        try:
            if begun is None:
                begun = await rest.call("POST", "uploads", json=announced)
            elif failures:
                offset = int((await rest.request("HEAD", f"uploads/{begun['id']}")).headers["Upload-Offset"])
            answer = await _send(rest, begun["id"], offset, await _piece(source, offset, begun["chunk"]))
            failures = 0
        except (Unavailable, RateLimited, Conflict) as refusal:
            failures += 1
            if failures > PATIENCE:
                raise
            await timing.sleep(reconnect_delay(failures, refusal.retry_after, timing.chance()))
            continue
        if isinstance(answer, File):
            return answer
        offset = answer


async def download(rest: Rest, file: File, to: Path) -> Path:
    """Write a file's bytes to a path, which has them when they are all there; the path."""
    partial = to.with_name(f"{to.name}.partial")
    try:
        with await asyncio.to_thread(partial.open, "wb") as target:
            async for some in rest.stream(f"files/{file.id}/file"):
                await asyncio.to_thread(target.write, some)
        await asyncio.to_thread(partial.replace, to)
    finally:
        await asyncio.to_thread(partial.unlink, missing_ok=True)
    return to


async def _send(rest: Rest, id: str, offset: int, piece: bytes) -> File | int:
    """The file, when this was the last of it; else where to go on."""
    headers = {"Content-Type": _PIECE_TYPE, "Upload-Offset": str(offset)}
    answer = await rest.request("PATCH", f"uploads/{id}", content=piece, headers=headers)
    if answer.status_code == 200:
        return File.model_validate(answer.json(), extra="ignore")
    return int(answer.headers["Upload-Offset"])


async def _piece(source: Path | bytes, offset: int, length: int) -> bytes:
    if isinstance(source, bytes):
        return source[offset : offset + length]

    def read() -> bytes:
        with source.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    return await asyncio.to_thread(read)


def name_of(source: Any, name: str | None) -> str:
    """What a file is to be called. Raises `Invalid` for bytes without a name."""
    if name is None and not isinstance(source, Path):
        raise Invalid('Bytes have no name. Give one: `room.upload(data, name="notes.txt")`.')
    return name or source.name
