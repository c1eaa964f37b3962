"""The stage for the command line: folders, and servers that are gone when the test is."""

import pytest
from hubbub_process import Server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def serves():
    """Starts servers; those that still run at the end are ended."""
    started = []

    def serve(*arguments, kind=Server, **options):
        started.append(kind(*arguments, **options))
        return started[-1]

    yield serve
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.ends()
