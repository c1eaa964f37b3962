"""What a server really says is asked of the stage of `hubbub.testing`."""

from hubbub.testing import make_stage, stage

__all__ = ["make_stage", "stage"]
