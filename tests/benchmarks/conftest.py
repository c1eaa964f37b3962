"""The counts are taken on the stage of `hubbub.testing`."""

from hubbub.testing import make_stage, stage

__all__ = ["make_stage", "stage"]
