"""Files that a visitor has at hand, and the ways in which they come onto the page."""

import base64
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error, Request, Route
from visitor import Visitor

MAKE_TRANSFER = """
(files) => {
  const transfer = new DataTransfer();
  for (const { name, mimeType, content } of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: mimeType }));
  }
  return transfer;
}
"""
PASTE = """
(field, clipboardData) => field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))
"""
MAKE_FILM = """
async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 90 });
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" });
  const drawn = setInterval(() => canvas.getContext("2d").fillRect(Math.random() * 150, Math.random() * 80, 10, 10), 40);
  const piece = await new Promise((resolve) => {
    recorder.ondataavailable = ({ data }) => data.size && resolve(data);
    recorder.start(200);
  });
  clearInterval(drawn);
  recorder.stop();
  return [...new Uint8Array(await piece.arrayBuffer())];
}
"""


@dataclass(frozen=True)
class FileAtHand:
    """A file on a visitor's disk."""

    name: str
    type: str
    content: bytes

    @property
    def payload(self) -> dict[str, Any]:
        """As Playwright takes it."""
        return {"name": self.name, "mimeType": self.type, "buffer": self.content}


def picture(name: str, width: int = 320, height: int = 240) -> FileAtHand:
    """A PNG of this size, in colours that run into each other."""
    rows = b"".join(b"\0" + b"".join(bytes((x * 255 // width, y * 255 // height, 128)) for x in range(width)) for y in range(height))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)
    return FileAtHand(name, "image/png", b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


async def film(visitor: Visitor, name: str) -> FileAtHand:
    """A short film, which a visitor's browser makes."""
    return FileAtHand(name, "video/webm", bytes(await visitor.evaluates(MAKE_FILM)))


def page(name: str, size: int = 3_000) -> FileAtHand:
    """A document of about this many bytes."""
    return FileAtHand(name, "application/pdf", b"%PDF-1.4\n" + bytes(index % 251 for index in range(size)))


async def attaches(visitor: Visitor, *files: FileAtHand) -> None:
    """Choose files behind the paper clip."""
    await visitor.page.locator(".composer input[type=file]").first.set_input_files([file.payload for file in files])


async def drags_over(visitor: Visitor, *files: FileAtHand) -> Any:
    """Hold files over the conversation; what is held, to be dropped."""
    transfer = await transfer_of(visitor, *files)
    await visitor.list.dispatch_event("dragover", {"dataTransfer": transfer})
    return transfer


async def pastes(visitor: Visitor, *files: FileAtHand) -> None:
    """Paste what was copied elsewhere into the composer."""
    await visitor.composer.evaluate(PASTE, await transfer_of(visitor, *files))


async def transfer_of(visitor: Visitor, *files: FileAtHand) -> Any:
    """What the browser hands over when files are dropped or pasted."""
    described = [{"name": file.name, "mimeType": file.type, "content": base64.b64encode(file.content).decode()} for file in files]
    return await visitor.page.evaluate_handle(MAKE_TRANSFER, described)


class UploadLine:
    """What a visitor's browser carries to the server: small pieces, of which only as many get through as somebody lets."""

    PIECE = 2_000

    def __init__(self) -> None:
        self.offsets: list[int] = []
        """Where each piece began that got through."""
        self._left: int | None = None
        self._held: list[Route] = []

    @classmethod
    async def of(cls, visitor: Visitor) -> "UploadLine":
        """Get hold of all that this visitor uploads."""
        line = cls()
        await visitor.page.route("**/api/uploads", line._begins)
        await visitor.page.route("**/api/uploads/*", line._carries)
        return line

    def lets_through(self, pieces: int) -> None:
        """Hold up everything after so many more pieces."""
        self._left = pieces

    async def lets_go(self) -> None:
        """Whatever comes gets through; what was held up is lost, as with a line that broke."""
        self._left = None
        held, self._held = self._held, []
        for route in held:
            # The page may have given it up by itself.
            with suppress(Error):
                await route.abort()

    async def _begins(self, route: Route) -> None:
        response = await route.fetch()
        answer = await response.json()
        await route.fulfill(response=response, json=answer | {"chunk": self.PIECE})

    async def _carries(self, route: Route, request: Request) -> None:
        if request.method == "PATCH" and self._left == 0:
            self._held.append(route)
            return
        if request.method == "PATCH":
            self.offsets.append(int(request.headers["upload-offset"]))
            self._left = None if self._left is None else self._left - 1
        await route.continue_()
