"""Pictures are made anew: what people see is pixels, and what would bring the server down is refused."""

from io import BytesIO

import pytest
from pictures_made import SECRET, gif_of_frames, moving, photo, picture, png_that_says_it_is
from PIL import Image

from hubbub.errors import Invalid
from hubbub.files import picture_worker, pictures
from hubbub.files.pictures import make_picture
from hubbub.files.sniffing import sniff
from hubbub.testing import refused


def seen(path):
    return Image.open(BytesIO(path.read_bytes()))


def made_of(tmp_path, data):
    source = tmp_path / "source"
    source.write_bytes(data)
    return make_picture(source, sniff(data).type)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_a_photo_says_of_itself_is_gone_and_it_stands_upright(tmp_path, kind):
    data = photo(kind)
    assert SECRET in data
    made = made_of(tmp_path, data)

    assert (made.width, made.height) == (200, 300)
    for path in (made.path, made.thumbnail):
        assert SECRET not in path.read_bytes()
        assert not seen(path).getexif()
    assert seen(made.path).size == (200, 300)


def test_a_thumbnail_is_a_small_webp(tmp_path):
    made = made_of(tmp_path, picture(size=(2000, 1000)))

    thumbnail = seen(made.thumbnail)
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (480, 240))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving_at_its_pace(tmp_path, kind):
    image = seen(made_of(tmp_path, moving(kind)).path)

    durations = []
    for frame in range(image.n_frames):
        image.seek(frame)
        image.load()
        durations.append(image.info["duration"])
    assert durations == [100, 200, 300]


def test_what_can_be_seen_through_stays_so(tmp_path):
    file = BytesIO()
    clear = Image.new("P", (20, 20), 0)
    clear.putpalette([255, 0, 0, 0, 255, 0])
    clear.save(file, "PNG", transparency=0)
    made = made_of(tmp_path, file.getvalue())

    for path in (made.path, made.thumbnail):
        assert seen(path).convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize(
    "bomb",
    [
        png_that_says_it_is(50_000, 50_000),
        png_that_says_it_is(2**31 - 1, 2**31 - 1),
        gif_of_frames(1100),
        gif_of_frames(100, side=2000),
        b"GIF89a/*\x00\x00*/=alert(1);",
        b"\xff\xd8\xff\xe0 not a photo at all",
        b"RIFF\x10\x00\x00\x00WEBPVP8 \xff\xff\xff\xff",
        picture()[: len(picture()) // 2],
    ],
    ids=["pixels", "more pixels", "frames", "large frames", "script", "broken photo", "broken webp", "half a picture"],
)
def test_a_bomb_or_what_is_no_picture_is_refused_and_leaves_nothing(tmp_path, bomb):
    with pytest.raises(Invalid):
        made_of(tmp_path, bomb)

    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_picture_that_takes_more_than_its_bounds_is_refused(tmp_path, monkeypatch):
    greedy = tmp_path / "greedy.py"
    greedy.write_text("import resource; resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28)); print(len(bytearray(2**30)))")
    monkeypatch.setattr(picture_worker, "__file__", str(greedy))
    with pytest.raises(Invalid, match="memory"):
        made_of(tmp_path, picture())

    greedy.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pictures, "SECONDS", 0.05)
    with pytest.raises(Invalid, match="long"):
        made_of(tmp_path, picture())


@pytest.mark.anyio
async def test_without_pillow_a_picture_is_a_file_like_any_other(stage, monkeypatch):
    monkeypatch.setattr(pictures, "can_make_pictures", lambda: False)
    ada = await stage.enters("ada")

    file = await ada.uploads("photo.jpg", photo())

    assert (file["kind"], file["type"]) == ("file", "application/octet-stream")
    answer = await ada.person.browser.get(f"files/{file['id']}/photo.jpg")
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.anyio
async def test_a_bomb_is_refused_by_rest_and_takes_no_room(stage):
    ada = await stage.enters("ada")

    with refused("invalid"):
        await ada.uploads("bomb.png", png_that_says_it_is(50_000, 50_000))
    await stage.chat.features.files.clearing.clear()

    assert [path for path in (stage.chat.settings.data / "files").rglob("*") if path.is_file()] == []
