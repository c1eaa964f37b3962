"""What the pictures of files show: a landscape, a film, a sound and documents, made here so that nobody's are needed."""

import io
import math
import wave

from PIL import Image, ImageDraw
from playwright.async_api import Page

from hubbub.testing import Stage

HOURS = {"dawn": ((252, 205, 170), (130, 150, 190)), "noon": ((205, 228, 240), (90, 150, 190)), "dusk": ((240, 150, 110), (60, 50, 100))}


def landscape(hour: str, size: tuple[int, int] = (1600, 1000)) -> bytes:
    """Hills behind hills under the sky of an hour, as a JPEG."""
    width, height = size
    low, high = HOURS[hour]
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=_between(high, low, y / height))
    draw.ellipse([width * 0.66, height * 0.22, width * 0.66 + height * 0.14, height * 0.36], fill=(255, 240, 214))
    for ridge in range(5):
        base = height * (0.48 + ridge * 0.11)
        line = [
            (x, base + 60 * math.sin(x / (190 - ridge * 22) + ridge * 2.1) + 22 * math.sin(x / 61 + ridge)) for x in range(0, width + 8, 8)
        ]
        draw.polygon([(0, height), *line, (width, height)], fill=_between(low, (28, 44, 52), (ridge + 1) / 5))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=88)
    return data.getvalue()


def hum(seconds: float) -> bytes:
    """A sound of this length, as WAV."""
    data = io.BytesIO()
    with wave.open(data, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(int(128 + 60 * math.sin(index / 6)) for index in range(int(8000 * seconds))))
    return data.getvalue()


async def people_send_files(stage: Stage, now: float) -> None:
    """A room of its own, in which files were sent: once, however often it is asked for."""
    if stage.id_of("walks") != "walks":
        return
    ada, grace, linus = (next(actor for actor in stage.actors if actor.person.name == name) for name in ("Ada", "Grace", "Linus"))
    await grace.makes_room("walks", ada, linus, kind="private", topic="Where we went, and where to next")
    walks = {"room": "walks"}

    async def sends(actor, minutes: float, text: str, *files: tuple[str, bytes], voice: bool = False) -> int:
        stage.clock.now = now - minutes * 60
        ids = [(await actor.uploads(name, data, voice=voice))["id"] for name, data in files]
        return await actor.posts(text, files=ids, **walks)

    await sends(grace, 44, "The whole day, from the first hut on:", *((f"{hour}.jpg", landscape(hour)) for hour in HOURS))
    await sends(linus, 40, "", ("the way down.wav", hum(42)), voice=True)
    await sends(
        grace,
        31,
        "Map and times for Sunday",
        ("Route and hut times, second draft.pdf", b"%PDF-1.7\n" + bytes(418_000)),
        ("track.gpx", b"<gpx/>" * 9000),
    )
    await sends(linus, 9, "The ridge, an hour before the rain", ("ridge.jpg", landscape("dusk", (1400, 700))))
    stage.clock.now = now


async def chooses_files(page: Page) -> None:
    """Files in the composer, one of them of a kind that cannot be sent."""
    files = [
        ("hut.jpg", "image/jpeg", landscape("noon", (800, 600))),
        ("packing list.csv", "text/csv", b"item,kg\n" * 900),
        ("empty.txt", "text/plain", b""),
    ]
    await page.locator(".composer input[type=file]").set_input_files(
        [{"name": name, "mimeType": type, "buffer": data} for name, type, data in files]
    )
    await page.locator(".upload-tile.is-done").nth(1).wait_for()


def _between(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
