"""The browser client's files: read when they change, compressed once, named by their content."""

import gzip
import json
import mimetypes
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hubbub.web import linking

FOLDER = Path(__file__).parent
SERVED = frozenset({".html", ".css", ".js", ".json", ".svg", ".png", ".ico", ".webmanifest", ".woff2", ".txt"})
CLIENT = "index.html"
SERVICE_WORKER = "service-worker.js"
SMALLEST_TO_COMPRESS = 1024
LOOK_EVERY_SECONDS = 1.0

# The manifest stays where it is: what it says is relative to that.
_SHELL = re.compile(r"^const SHELL = .*;$", re.MULTILINE)
_OWN_ADDRESS = re.compile(rb'(?<=")(?:\./)?web/(?!manifest\.)')


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

    def __init__(self, folder: Path = FOLDER, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder.resolve()
        self._clock = clock
        self._files: dict[str, WebFile] = {}
        self._pages: dict[str, WebFile] = {}
        self._linked: dict[str, WebFile] = {}
        self._version = ""
        self._looked_at: float | None = None

    def get(self, name: str) -> WebFile | None:
        """The file of this name, such as `views/app.js`, as it is on the disk now; None when there is none."""
        if name.startswith(linking.FOLDER):
            return self._links().get(name)
        if "\x00" in name:
            return None
        path = (self._folder / name).resolve()
        if path.suffix not in SERVED or not path.is_relative_to(self._folder) or not path.is_file():
            return None
        changed_at = path.stat().st_mtime_ns
        file = self._files.get(name)
        if file is None or file.changed_at != changed_at:
            file = self._files[name] = _file(path.read_bytes(), _media_type(path), changed_at)
        return file

    def page(self, name: str) -> WebFile:
        """A page that names the other files by `web/v-{version}/…`, where a browser may keep them for good."""
        version = self.version()
        page = self._pages.get(name)
        if page is None:
            file = self.get(name)
            assert file is not None, f"{name} is part of the package"
            page = self._pages[name] = self._at_version(file, version)
        return page

    def client(self) -> WebFile:
        """The client's page as people get it: it asks for all its modules as one script, and for one style sheet."""
        return self._links()[CLIENT]

    def service_worker(self) -> WebFile:
        """The script that keeps the client's page in the browser; another one with every version."""
        return self._links()[SERVICE_WORKER]

    def version(self) -> str:
        """One name for all files together: another one, at most a second later, when any of them has changed."""
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY_SECONDS:
            self._looked_at = now
            self._look()
        return self._version

    def _look(self) -> None:
        names = sorted(str(path.relative_to(self._folder)) for path in self._folder.rglob("*") if path.suffix in SERVED)
        etags = [file.etag for name in names if (file := self.get(name)) is not None]
        version = sha256("".join(etags).encode()).hexdigest()[:16]
        if version != self._version:
            self._version = version
            self._pages.clear()
            self._linked.clear()

    def _links(self) -> dict[str, WebFile]:
        version = self.version()
        if not self._linked:
            plain = self.get(CLIENT)
            assert plain is not None, "the client is part of the package"
            linked = linking.link(plain.data.decode(), self._text)
            files = {name: _file(text.encode(), _media_type(Path(name)), plain.changed_at) for name, text in linked.files.items()}
            page = _file(linked.page.encode(), plain.media_type, plain.changed_at)
            worker = self._worker([f"web/v-{version}/{name}" for name in (*files, "icon.svg")])
            self._linked = files | {CLIENT: self._at_version(page, version), SERVICE_WORKER: worker}
        return self._linked

    def _worker(self, addresses: list[str]) -> WebFile:
        shell = json.dumps({"version": self._version, "files": addresses})
        text = _SHELL.sub(f"const SHELL = {shell};", self._text(SERVICE_WORKER))
        return _file(text.encode(), _media_type(Path(SERVICE_WORKER)), 0)

    def _text(self, name: str) -> str:
        file = self.get(name)
        if file is None:
            raise linking.LinkError(f"The client imports {name}, and there is no such file.")
        return file.data.decode()

    def _at_version(self, page: WebFile, version: str) -> WebFile:
        data = _OWN_ADDRESS.sub(rb"\g<0>v-" + version.encode() + b"/", page.data)
        return _file(data, page.media_type, page.changed_at)


def _file(data: bytes, media_type: str, changed_at: int) -> WebFile:
    is_worth_it = len(data) >= SMALLEST_TO_COMPRESS and media_type != "image/png"
    compressed = gzip.compress(data, 9, mtime=0) if is_worth_it else None
    return WebFile(media_type, f'"{sha256(data).hexdigest()[:20]}"', data, compressed, changed_at)


def _media_type(path: Path) -> str:
    # Named here, because what the system says of .js differs from one machine to the next.
    known = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".webmanifest": "application/manifest+json"}
    media_type = known.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
