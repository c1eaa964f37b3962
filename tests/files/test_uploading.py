"""Uploading piece by piece: whatever happens on the way, it goes on from what is there."""

import asyncio

import pytest
from pictures_made import picture

from hubbub.testing import refused

pytestmark = pytest.mark.anyio

PIECE = {"Content-Type": "application/offset+octet-stream"}


async def begins(actor, name="song.txt", size=10, **claims):
    """Announce a file; what the chat says of it."""
    return await actor.person.asks("POST", "uploads", json={"name": name, "size": size, **claims})


async def sends(actor, upload, offset, data):
    """Send a piece; the answer as it came."""
    return await actor.person.browser.patch(f"uploads/{upload['id']}", content=data, headers={**PIECE, "Upload-Offset": str(offset)})


async def stands(actor, upload):
    """Where an upload is, and how long it is to be."""
    answer = await actor.person.browser.head(f"uploads/{upload['id']}")
    return answer.status_code, answer.headers.get("upload-offset"), answer.headers.get("upload-length")


async def reads(actor, file):
    """A file's bytes."""
    answer = await actor.person.browser.get(f"files/{file['id']}/{file['name']}")
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_a_file_comes_in_pieces(stage):
    ada = await stage.enters("ada")
    upload = await begins(ada)
    assert (upload["offset"], upload["size"]) == (0, 10)

    first = await sends(ada, upload, 0, b"hello ")
    assert (first.status_code, first.headers["upload-offset"]) == (204, "6")
    assert await stands(ada, upload) == (200, "6", "10")
    last = await sends(ada, upload, 6, b"hell")

    assert (last.status_code, last.headers["upload-offset"]) == (200, "10")
    assert last.json() == {"id": upload["id"], "name": "song.txt", "type": "text/plain", "size": 10, "kind": "file"}
    assert await reads(ada, last.json()) == b"hello hell"


async def test_a_piece_at_the_wrong_place_is_told_the_right_one(stage):
    ada = await stage.enters("ada")
    upload = await begins(ada)
    await sends(ada, upload, 0, b"hello ")

    for offset in (0, 5, 7, 10):
        wrong = await sends(ada, upload, offset, b"x")
        assert (wrong.status_code, wrong.json()["code"], wrong.headers["upload-offset"]) == (409, "conflict", "6")
    assert await stands(ada, upload) == (200, "6", "10")


async def test_an_answer_that_was_lost_is_given_again(stage):
    ada = await stage.enters("ada")
    upload = await begins(ada, key="mine")
    assert await begins(ada, key="mine") == upload
    whole = (await sends(ada, upload, 0, b"0123456789")).json()

    for offset, data in ((10, b""), (0, b"0123456789"), (6, b"6789")):
        again = await sends(ada, upload, offset, data)
        assert (again.status_code, again.json()) == (200, whole)
    assert await begins(ada, key="mine") == upload | {"offset": 10}
    await begins(ada, key="other")
    with refused("conflict"):
        await begins(ada, key="other", size=11)


async def test_what_came_before_the_line_broke_is_kept(stage):
    ada = await stage.enters("ada")
    upload = await begins(ada, size=3_000_000)
    data = bytes(range(256)) * 11_719
    host, port = stage.serving.origin.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"PATCH /api/uploads/{upload['id']} HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\nUpload-Offset: 0\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in {**ada.person.headers, **PIECE}.items())
    writer.write(head.encode() + b"\r\n" + data[:1_500_000])
    while int((await stands(ada, upload))[1]) < 1_000_000:
        assert not reader.at_eof()
    writer.transport.abort()
    arrived = int((await stands(ada, upload))[1])

    answer = await sends(ada, upload, arrived, data[arrived:3_000_000])
    if answer.status_code == 409:  # the end of what the old line brought came only now
        arrived = int(answer.headers["upload-offset"])
        answer = await sends(ada, upload, arrived, data[arrived:3_000_000])

    assert 1_000_000 <= arrived <= 1_500_000
    assert await reads(ada, answer.json()) == data[:3_000_000]


async def test_the_same_upload_on_two_lines_becomes_one_file(stage):
    ada = await stage.enters("ada")
    upload = await begins(ada, name="red.png", size=len(picture()))

    answers = await asyncio.gather(*(sends(ada, upload, 0, picture()) for _ in range(4)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    files = [answer.json() for answer in answers if answer.status_code == 200]
    assert files
    assert all(file == files[0] for file in files)
    kept = [path for path in (stage.chat.settings.data / "files").rglob("*") if path.is_file()]
    assert len(kept) == 2  # the picture and its thumbnail


async def test_more_than_was_announced_is_refused(stage):
    ada = await stage.enters("ada")
    upload = await begins(ada)

    assert (await sends(ada, upload, 0, b"01234567890")).status_code == 413
    assert await stands(ada, upload) == (200, "0", "10")


@pytest.mark.parametrize("headers", [{}, PIECE, {"Upload-Offset": "0"}, {**PIECE, "Upload-Offset": "-1"}, {**PIECE, "Upload-Offset": "٣"}])
async def test_a_piece_says_what_it_is_and_where_it_belongs(stage, headers):
    ada = await stage.enters("ada")
    upload = await begins(ada)

    answer = await ada.person.browser.patch(
        f"uploads/{upload['id']}", content=b"hello", headers=[(n, v.encode()) for n, v in headers.items()]
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_an_upload_is_its_uploaders_alone(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace", role="owner")
    upload = await begins(ada, key="mine")

    assert (await stands(grace, upload))[0] == 404
    assert (await sends(grace, upload, 0, b"x")).status_code == 404
    with refused("not_found"):
        await grace.person.asks("DELETE", f"uploads/{upload['id']}")
    assert (await begins(grace, key="mine"))["id"] != upload["id"]
    await sends(ada, upload, 0, b"0123456789")
    with refused("not_found"):
        await grace.person.asks("GET", f"files/{upload['id']}/song.txt")
    with refused("invalid"):
        await grace.posts("look", files=[upload["id"]])


async def test_an_upload_can_be_given_up_at_any_time(stage):
    ada = await stage.enters("ada")
    begun, half, whole = [await begins(ada) for _ in range(3)]
    await sends(ada, half, 0, b"01234")
    await sends(ada, whole, 0, b"0123456789")

    for upload in (begun, half, whole):
        await ada.person.asks("DELETE", f"uploads/{upload['id']}")
        assert (await stands(ada, upload))[0] == 404
        assert (await sends(ada, upload, 0, b"x")).status_code == 404
    await stage.chat.features.files.clearing.clear()

    assert [path for path in (stage.chat.settings.data / "files").rglob("*") if path.is_file()] == []


async def test_what_nobody_sent_for_a_day_goes_away(stage):
    ada = await stage.enters("ada")
    old, sent = await ada.uploads("old.txt", b"old"), await ada.uploads("sent.txt", b"sent")
    half = await begins(ada)
    await sends(ada, half, 0, b"01234")
    await ada.posts("look", files=[sent["id"]])
    stage.clock.passes(hours=23)
    fresh = await ada.uploads("fresh.txt", b"fresh")
    stage.clock.passes(hours=2)

    await stage.chat.features.files.clearing.clear()

    with refused("invalid"):
        await ada.posts("look", files=[old["id"]])
    assert (await stands(ada, half))[0] == 404
    assert await reads(ada, sent) == b"sent"
    await ada.posts("look", files=[fresh["id"]])
    kept = sorted(path.read_bytes() for path in (stage.chat.settings.data / "files").rglob("*") if path.is_file())
    assert kept == [b"fresh", b"sent"]


async def test_one_person_has_no_more_than_their_share(make_stage):
    stage = await make_stage(file_quota=1000, file_limit=600)
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    with refused("too_large"):
        await begins(ada, size=601)
    await begins(ada, size=600)

    with refused("too_large"):
        await begins(ada, size=401)
    with refused("too_large"):
        await ada.uploads("large.txt", b"x" * 401)
    first = await ada.uploads("small.txt", b"x" * 100)
    await begins(grace, size=600)

    await ada.person.asks("DELETE", f"uploads/{first['id']}")
    assert (await ada.person.asks("GET", "site"))["limits"]["file"] == 600
    assert ada.welcome["limits"] | {"file": 600, "files": 10} == ada.welcome["limits"]


async def test_one_person_begins_so_many_and_no_faster(make_stage):
    stage = await make_stage(rate_limits="on")
    ada = await stage.enters("ada")
    for _ in range(100):
        await begins(ada)

    with refused("rate_limited"):
        await begins(ada)
    stage.clock.passes(minutes=1)
    with refused("conflict"):
        await begins(ada)


@pytest.mark.parametrize(
    "claims", [{"size": 0}, {"size": -1}, {"size": 1.5}, {"name": "x" * 5000}, {"duration": -1}, {"width": 0}, {"key": ""}]
)
async def test_what_is_said_of_a_file_must_make_sense(stage, claims):
    ada = await stage.enters("ada")

    with refused("invalid"):
        await begins(ada, **claims)


async def test_a_full_disk_is_said_to_be_full(stage, monkeypatch):
    ada = await stage.enters("ada")
    storage = stage.chat.features.files.uploads._storage
    upload = await begins(ada)

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "add", no_space)
    full = await sends(ada, upload, 0, b"01234")
    assert (full.status_code, full.json()["code"], full.json()["retry_after"]) == (503, "unavailable", 30.0)
    monkeypatch.undo()
    monkeypatch.setattr(storage, "room_left", lambda: 1000)
    with refused("unavailable"):
        await begins(ada)
    monkeypatch.undo()
    assert (await sends(ada, upload, 0, b"0123456789")).status_code == 200
