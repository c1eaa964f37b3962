"""The stories play on the stage of `hubbub.testing`."""

import pytest

from hubbub.testing import make_stage, stage

__all__ = ["make_stage", "stage"]


@pytest.fixture(params=["hubbub", "none"])
async def any_stage(make_stage, request):
    """The same chat over sockets with our own WebSocket class, and called directly: the story must be the same."""
    return await make_stage(server=request.param)
