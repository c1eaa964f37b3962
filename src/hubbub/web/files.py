"""The browser client's files: read when they change, compressed once, named by their content."""

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
SERVED = frozenset({".html", ".css", ".js", ".json", ".svg", ".png", ".ico", ".webmanifest", ".woff2", ".txt"})
SMALLEST_TO_COMPRESS = 1024


@dataclass(frozen=True, slots=True)
class WebFile:
    """One file as it is sent."""

    media_type: str
    etag: str
    data: bytes
    compressed: bytes | None
    changed_at: int


class WebFiles:
    """The files under one folder. Nothing outside it, and nothing that is not meant for browsers, is ever given."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder.resolve()
        self._files: dict[str, WebFile] = {}

    def get(self, name: str) -> WebFile | None:
        """The file of this name, such as `views/app.js`, as it is on the disk now; None when there is none."""
        if "\x00" in name:
            return None
        path = (self._folder / name).resolve()
        if path.suffix not in SERVED or not path.is_relative_to(self._folder) or not path.is_file():
            return None
        changed_at = path.stat().st_mtime_ns
        file = self._files.get(name)
        if file is None or file.changed_at != changed_at:
            file = self._files[name] = _read(path, changed_at)
        return file


def _read(path: Path, changed_at: int) -> WebFile:
    data = path.read_bytes()
    compressed = gzip.compress(data, 9, mtime=0) if len(data) >= SMALLEST_TO_COMPRESS and path.suffix != ".png" else None
    return WebFile(_media_type(path), f'"{sha256(data).hexdigest()[:20]}"', data, compressed, changed_at)


def _media_type(path: Path) -> str:
    # Named here, because what the system says of .js differs from one machine to the next.
    known = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".webmanifest": "application/manifest+json"}
    media_type = known.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
