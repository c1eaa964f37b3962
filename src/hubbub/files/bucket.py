"""Files in S3, or in anything that speaks like it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from hubbub.errors import StartupError

_PATIENCE: Any = {"allow_http": True, "connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}
_RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


class OpenObject:
    """An object that is being read, piece by piece."""

    def __init__(self, store: Any, key: str) -> None:
        self._store = store
        self._key = key

    def read(self, start: int, length: int) -> bytes:
        """So many bytes from a place on. Raises `OSError` when it was removed meanwhile."""
        with _as_os_error():
            return bytes(obstore.get_range(self._store, self._key, start=start, length=length))

    def close(self) -> None:
        """There is nothing to let go of."""


class Bucket:
    """Keeps bytes as objects. The pieces of an upload are objects too, so any node may take the next one."""

    is_local = False
    piece = 4 * 1024 * 1024

    def __init__(self, store: Any, place: str, scratch: Path) -> None:
        """`store` is one of obstore's; `scratch` a folder for what is being worked on."""
        self._store = store
        self._scratch = scratch
        self.place = place

    def room_left(self) -> int | None:
        """Nobody can tell."""
        return None

    def arrived(self, upload: str) -> int:
        """How much of an upload is here, as far as piece follows piece."""
        end = 0
        for offset, size, _ in self._pieces(upload):
            if offset <= end:
                end = max(end, offset + size)
        return end

    def add(self, upload: str, offset: int, piece: bytes) -> None:
        """Put a piece of an upload at its place."""
        with _as_os_error():
            obstore.put(self._store, f"uploads/{upload}/{offset:016d}", piece)

    @contextmanager
    def whole(self, upload: str) -> Iterator[Path]:
        """All that arrived of an upload, fetched to this machine."""
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(dir=self._scratch, prefix="whole-"))
        try:
            path = folder / upload
            with path.open("wb") as file:
                for offset, _, key in self._pieces(upload):
                    file.seek(offset)
                    with _as_os_error():
                        file.write(obstore.get(self._store, key).bytes())
            yield path
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, file: Path, address: str) -> None:
        """Keep a file's bytes: they are all there when the store has said so, and none before."""
        with _as_os_error():
            obstore.put(self._store, _key(address), file, max_concurrency=2)

    def open(self, address: str) -> OpenObject:
        """What is kept at an address. Raises `FileNotFoundError`."""
        if self.size(address) is None:
            raise FileNotFoundError(f"{self.place} has no {address}.")
        return OpenObject(self._store, _key(address))

    def size(self, address: str) -> int | None:
        """How many bytes are kept there; None for nothing."""
        with suppress(FileNotFoundError), _as_os_error():
            return int(obstore.head(self._store, _key(address))["size"])
        return None

    def remove(self, address: str) -> None:
        """Have it gone."""
        self._delete(_key(address))

    def forget(self, upload: str) -> None:
        """Have all that arrived of an upload gone."""
        for _, _, key in self._pieces(upload):
            self._delete(key)

    def _delete(self, key: str) -> None:
        with suppress(FileNotFoundError), _as_os_error():
            obstore.delete(self._store, key)

    def _pieces(self, upload: str) -> list[tuple[int, int, str]]:
        """Offset, size and key of every piece, in their order."""
        with _as_os_error():
            found = [each for some in obstore.list(self._store, prefix=f"uploads/{upload}") for each in some]
        return sorted((int(each["path"].rpartition("/")[2]), int(each["size"]), each["path"]) for each in found)


def s3_bucket(url: str, scratch: Path) -> Bucket:
    """The bucket at `s3://bucket/prefix`; keys, region and endpoint are those of the usual AWS_… variables."""
    parts = urlsplit(url)
    if not parts.netloc or "@" in parts.netloc:
        raise StartupError("HUBBUB_FILES is s3://bucket/prefix, with nothing else in it; keys are given as AWS_ACCESS_KEY_ID and so on.")
    try:
        store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None, client_options=_PATIENCE, retry_config=_RETRIES)
    except BaseError as error:
        raise StartupError(f"The bucket {parts.netloc} cannot be opened: {_first_line(error)}.") from None
    return Bucket(store, f"s3://{parts.netloc}/{parts.path.strip('/')}", scratch)


def _key(address: str) -> str:
    return f"{address[:2]}/{address}"


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotFoundError) as error:
        raise FileNotFoundError(_first_line(error)) from None
    except BaseError as error:
        raise OSError(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
