"""The examples, loaded from their files, and a real server for them in a thread of this process."""

import contextlib
import importlib.util
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import uvicorn

from hubbub.server.listening import open_sockets

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SERVERS = ["hubbub.server:Protocol", "websockets-sansio"]


def load(name: str) -> ModuleType:
    """A fresh copy of the example, as if it had just been started."""
    return load_file(EXAMPLES / f"{name}.py")


def load_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # FastAPI looks annotations up in the module, by its name.
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Served:
    """Where an app is served."""

    port: int

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"


@contextlib.contextmanager
def served(app: Any, ws: str) -> Iterator[Served]:
    """uvicorn with this WebSocket protocol, in a thread, from startup to shutdown."""
    sockets = open_sockets("127.0.0.1", 0)
    config = uvicorn.Config(app, ws=ws, log_config=None, lifespan="off", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets})
    thread.start()
    try:
        # The sockets listen already: who connects now is served as soon as the loop runs.
        yield Served(sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
