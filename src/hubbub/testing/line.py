"""A client's end of a conversation: commands go out, and every frame that comes is kept and handed on, in order."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

from hubbub.testing.errors import BrokenPromise, HungUp, Json, Refused
from hubbub.testing.wires import Wire

PATIENCE_SECONDS = 20.0


def _ignore(_: Json) -> None:
    """For who does not want to be told."""


class Line:
    """One connection. A task of its own takes the frames off the wire, unless it was told to stop reading."""

    def __init__(self, wire: Wire, on_frame: Callable[[Json], None]) -> None:
        self.frames: list[Json] = []
        """Everything that came, in order."""
        self.end: HungUp | None = None
        """How the connection ended, once it has."""
        self._wire = wire
        self._on_frame = on_frame
        self._answers: dict[int, tuple[asyncio.Future[Json], Callable[[Json], object]]] = {}
        self._last_id = 0
        self._news = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._broken: BaseException | None = None
        self._task = asyncio.create_task(self._read())

    async def says(self, kind: str, *, on_ok: Callable[[Json], object] = _ignore, **fields: object) -> Json:
        """Say a command and return its `ok`; `on_ok` sees it before any frame after it. Raises `Refused`, `HungUp`."""
        return await self.answer(await self.begins_to_say(kind, on_ok=on_ok, **fields))

    async def begins_to_say(self, kind: str, *, on_ok: Callable[[Json], object] = _ignore, **fields: object) -> asyncio.Future[Json]:
        """Say a command without waiting for its answer."""
        self._last_id += 1
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answers[self._last_id] = (answer, on_ok)
        try:
            await self._wire.send(json.dumps({"type": kind, "id": self._last_id, **fields}))
        except HungUp:
            self._answers.pop(self._last_id, None)
            raise
        return answer

    async def answer(self, answer: asyncio.Future[Json]) -> Json:
        """The answer to what was said. Raises `Refused` when it is an error."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame = await answer
        if frame["type"] == "error":
            raise Refused(frame)
        return frame

    async def sends(self, data: str | bytes) -> None:
        """Put a frame on the wire as it is."""
        await self._wire.send(data)

    async def until(self, is_so: Callable[[], bool], what: Callable[[], str]) -> None:
        """Wait until something is so; `what` says in words what was waited for. Raises when the patience or the line ends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not is_so():
                    self.check()
                    if self.end is not None:
                        break
                    self._news.clear()
                    await self._news.wait()
        self.check()
        if not is_so():
            raise AssertionError(f"{what()} The line is {self.end or 'open'}; the last frames were {self.frames[-5:]}")

    async def until_closed(self) -> HungUp:
        """Wait until the other side has hung up, and say how."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.wait((self._task,))
        self.check()
        assert self.end is not None
        return self.end

    def check(self) -> None:
        """Raise the promise that was broken on this line, if one was."""
        if self._broken is not None:
            raise self._broken

    def stops_reading(self) -> None:
        """Take nothing more off the wire; what is sent fills the buffers on the way."""
        self._may_read.clear()

    def reads_on(self) -> None:
        """Take what is waiting, and whatever comes."""
        self._may_read.set()

    async def close(self, *, without_a_word: bool = False) -> None:
        """End the connection."""
        self._may_read.set()
        await (self._wire.cut() if without_a_word else self._wire.close())
        await asyncio.wait((self._task,))

    async def _read(self) -> None:
        try:
            while True:
                await self._may_read.wait()
                frame = json.loads(await self._wire.receive())
                self.frames.append(frame)
                self._on_frame(frame)
                self._settle(frame)
                self._news.set()
        except HungUp as end:
            self.end = end
        except (BrokenPromise, KeyError, TypeError, ValueError) as broken:
            self._broken = broken
            self.end = HungUp(0, "a promise was broken")
        finally:
            self._news.set()
            self._let_down()

    def _settle(self, frame: Json) -> None:
        if frame["type"] not in ("ok", "error", "welcome") or "id" not in frame:
            return
        if frame["id"] not in self._answers:
            raise BrokenPromise(f"A second answer, or one to nothing: {frame}")
        answer, on_ok = self._answers.pop(frame["id"])
        if frame["type"] != "error":
            on_ok(frame)
        if not answer.done():
            answer.set_result(frame)

    def _let_down(self) -> None:
        for answer, _ in self._answers.values():
            if not answer.done():
                answer.set_exception(self._broken or self.end or HungUp(1006, ""))
                answer.exception()  # whoever waits gets it; where nobody does, it is no fault
        self._answers.clear()
