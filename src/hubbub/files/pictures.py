"""Has pictures made anew, so that what people see is pixels and nothing else: no place, no camera, no script."""

import json
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, NamedTuple

from hubbub.errors import Invalid
from hubbub.files import picture_worker

AT_ONCE = 2
"""So many pictures are made at a time, each by a process with its own bounds of time and memory."""
SECONDS = 60.0

_turns = BoundedSemaphore(AT_ONCE)


class Picture(NamedTuple):
    """What was made: a file, its small likeness, and how large it is."""

    path: Path
    thumbnail: Path
    width: int
    height: int


@cache
def can_make_pictures() -> bool:
    """Whether Pillow is there. Without it pictures are files like any other."""
    return find_spec("PIL") is not None


def is_picture(type: str) -> bool:
    """Whether bytes of this type are made anew."""
    return type in picture_worker.FORMATS and can_make_pictures()


def make_picture(source: Path, type: str) -> Picture:
    """Make a picture anew, beside its source. Blocks. Raises `Invalid` for a bomb, and for what is no picture after all."""
    picture, thumbnail = source.with_name(f"{source.name}.picture"), source.with_name(f"{source.name}.thumbnail")
    with _turns:
        made = _run([str(source), type, str(picture), str(thumbnail)])
    if "refused" in made:
        picture.unlink(missing_ok=True)
        thumbnail.unlink(missing_ok=True)
        raise Invalid(made["refused"], field="file")
    return Picture(picture, thumbnail, made["width"], made["height"])


def _run(arguments: list[str]) -> dict[str, Any]:
    # -I: neither the folder nor the variables of whoever started us have a say in what is imported.
    command = [sys.executable, "-I", picture_worker.__file__, *arguments]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL, check=False)  # noqa: S603 - our own script
        answer: dict[str, Any] = json.loads(ended.stdout)
    except subprocess.TimeoutExpired:
        return {"refused": "This picture takes too long to be looked at."}
    except ValueError:  # it was killed by its bounds before it could say anything
        return {"refused": "This picture takes too much memory or time to be looked at."}
    return answer
