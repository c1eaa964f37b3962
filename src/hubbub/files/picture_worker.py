"""Makes a picture anew, in a process of its own that may be killed: what it is given comes from strangers.

Run as a script: `picture_worker.py SOURCE TYPE PICTURE THUMBNAIL`. It prints what it made as JSON, or why it made nothing.
It imports nothing of ours, so that starting it costs little, and reads only the formats that it was asked for.
"""

import contextlib
import json
import sys
import warnings
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 30
MOST_PIXELS = 50_000_000
MOST_PIXELS_IN_MOTION = 100_000_000
MOST_FRAMES = 1000
THUMBNAIL_SIDE = 480
PROFILE_BYTES = 64 * 1024
STANDS_STILL = 100
"""Milliseconds of a frame that does not say how long it is shown."""

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}


UNREADABLE = "This looks like a picture, and cannot be read as one. To send it as it is, pack it into an archive."


class Refused(Exception):
    """Why there is no picture, as a sentence for whoever sent it."""


def make(source: str, kind: str, picture: str, thumbnail: str) -> dict[str, Any]:
    """Write the picture without anything but its pixels, and a small one; what they are like. Raises `Refused`."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=[FORMATS[kind]]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Refused(f"This picture has {image.width} by {image.height} pixels, and at most {MOST_PIXELS:,} in all are taken.")
        frames = _number_of_frames(image)
        if frames > MOST_FRAMES or (frames > 1 and frames * image.width * image.height > MOST_PIXELS_IN_MOTION):
            raise Refused(f"This picture moves too long: {frames} frames of {image.width} by {image.height} pixels.")
        still = image.copy() if frames > 1 else ImageOps.exif_transpose(image)
        _write_thumbnail(still, thumbnail)
        if frames > 1:
            image.save(picture, FORMATS[kind], save_all=True, **_kept(image, kind), **_motion(image, kind, frames))
        else:
            kept = _kept(image, kind)
            still.info = {}
            still.save(picture, FORMATS[kind], **kept)
        return {"width": still.width, "height": still.height}


def _number_of_frames(image: Any) -> int:
    """How many frames there are, counted no further than it takes to say no."""
    if not getattr(image, "is_animated", False):
        return 1
    return int(image.n_frames)


def _kept(image: Any, kind: str) -> dict[str, Any]:
    """How to save it: as good as it was, with its colours, and with nothing else of what it said about itself."""
    profile = image.info.get("icc_profile")
    how: dict[str, Any] = {"icc_profile": profile} if profile and len(profile) <= PROFILE_BYTES else {"icc_profile": None}
    if kind == "image/jpeg":
        how |= {"quality": 90, "progressive": True, "exif": b"", "comment": b""}
    elif kind == "image/png":
        how |= {"exif": b"", "pnginfo": None}
        if "transparency" in image.info:
            how["transparency"] = image.info["transparency"]
    elif kind == "image/webp":
        how |= {"quality": 90, "exif": b"", "xmp": b""}
    else:
        how = {"comment": b""}
        if "transparency" in image.info:
            how["transparency"] = image.info["transparency"]
    return how


def _motion(image: Any, kind: str, frames: int) -> dict[str, Any]:
    durations = []
    for frame in range(frames):
        image.seek(frame)
        image.load()  # a WebP says only then how long this one is shown
        durations.append(int(image.info.get("duration") or STANDS_STILL))
    image.seek(0)
    loop = image.info.get("loop", None if kind == "image/gif" else 0)
    return {"duration": durations} | ({} if loop is None else {"loop": loop})


def _write_thumbnail(still: Any, path: str) -> None:
    small = still.convert("RGBA" if _has_alpha(still) else "RGB")
    small.info = {}
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    small.save(path, "WEBP", quality=80)


def _has_alpha(image: Any) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _bound() -> None:
    """Take no more of this machine than a picture may cost."""
    try:
        import resource
    except ImportError:  # not on Windows, where only the time is bounded
        return
    for limit, value in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, PROCESSOR_SECONDS), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # where there is no such limit
            resource.setrlimit(limit, (value, value))


def main() -> None:
    """Do what the arguments say."""
    _bound()
    warnings.simplefilter("ignore")
    try:
        made = make(*sys.argv[1:5])
    except Refused as no:
        made = {"refused": str(no)}
    except MemoryError:
        made = {"refused": "This picture takes too much memory to be looked at."}
    except Exception:
        made = {"refused": UNREADABLE}
    print(json.dumps(made))


if __name__ == "__main__":
    main()
