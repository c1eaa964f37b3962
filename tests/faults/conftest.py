"""What all fault tests run on."""

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"
