"""Files are tried on the stage of `hubbub.testing`, each story with a chat and a folder of its own."""

import pytest

from hubbub.testing import make_stage, stage

__all__ = ["any_stage", "make_stage", "stage"]


@pytest.fixture(params=["hubbub", "none"])
async def any_stage(make_stage, request):
    """The same chat over sockets and called directly."""
    return await make_stage(server=request.param)
