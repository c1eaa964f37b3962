"""Files in messages: who may read them, how they are given out, and that they go with their message."""

import asyncio

import pytest
from pictures_made import SECRET, photo, picture

from hubbub.testing import refused

pytestmark = pytest.mark.anyio

WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm....A_OPUS"


async def asks_for(actor, file, path=None, **headers):
    """The answer to a request for a file's bytes."""
    return await actor.person.browser.get(f"files/{file['id']}/{path or 'x'}", headers={n.replace("_", "-"): v for n, v in headers.items()})


def kept_by(stage):
    """What is on the disk."""
    folder = stage.chat.settings.data / "files"
    return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_message_brings_its_files_along(any_stage):
    stage = any_stage
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    image, text = await ada.uploads("photo.jpg", photo()), await ada.uploads("notes.txt", b"swordfish")

    seq = await ada.posts("", files=[image["id"], text["id"]])

    assert (await grace.hears("message.created", seq=seq))["files"] == [image, text]
    assert (image["kind"], image["width"], image["height"], text["kind"]) == ("image", 200, 300, "file")
    got = await asks_for(grace, image)
    assert SECRET not in got.content
    assert len(got.content) == image["size"]
    assert (await asks_for(grace, text)).content == b"swordfish"
    assert (await asks_for(grace, image, "thumbnail")).headers["content-type"] == "image/webp"
    assert (await asks_for(grace, text, "thumbnail")).status_code == 404
    by_rest = await ada.posts("words too", files=[(await ada.uploads("a.txt", b"a"))["id"]], by_rest=True)
    assert (await grace.sees("words too"))["seq"] == by_rest


async def test_only_pictures_sounds_and_films_are_shown_in_place(stage):
    ada = await stage.enters("ada")
    page = b"<!doctype html><script>alert(document.domain)</script>"
    shown = {"a.png": picture(), "a.webm": WEBM}
    saved = {
        "a.html": page,
        "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "a.pdf": b"%PDF-1.7",
        "fake.png": page,
        "a.xml": b"<?xml?>",
    }

    for name, data in (shown | saved).items():
        answer = await asks_for(ada, await ada.uploads(name, data))
        headers = answer.headers
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "private, max-age=3600")
        how, _, named = headers["content-disposition"].partition(";")
        assert how == ("inline" if name in shown else "attachment")
        assert f"UTF-8''{name}" in named
        assert name in shown or headers["content-type"] == "application/octet-stream"


async def test_a_range_is_given_and_what_is_known_is_not_given_again(stage):
    ada = await stage.enters("ada")
    data = bytes(range(256)) * 2000
    file = await ada.uploads("data.bin", data)
    whole = await asks_for(ada, file)
    etag = whole.headers["etag"]
    assert (whole.content, whole.headers["accept-ranges"]) == (data, "bytes")

    middle = await asks_for(ada, file, range="bytes=300000-400000")
    assert (middle.status_code, middle.content) == (206, data[300_000:400_001])
    assert middle.headers["content-range"] == "bytes 300000-400000/512000"
    assert (await asks_for(ada, file, range="bytes=-10", if_range=etag)).content == data[-10:]
    assert (await asks_for(ada, file, range="bytes=-10", if_range='"other"')).content == data
    beyond = await asks_for(ada, file, range="bytes=512000-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */512000")
    many = await asks_for(ada, file, range="bytes=" + ",".join(f"{n}-{n}" for n in range(1500)))
    assert (many.status_code, many.content) == (200, data)
    assert (await asks_for(ada, file, if_none_match=etag)).status_code == 304


async def test_a_path_that_is_no_file_is_not_found(stage):
    ada = await stage.enters("ada")
    file = await ada.uploads("a.txt", b"swordfish")

    for path in ("../hubbub.db/x", "..%2f..%2fhubbub.db/x", "%2e%2e/x", f"{file['id']}%00/x", "uploads/x", "x" * 3000 + "/x"):
        answer = await ada.person.browser.get(f"files/{path}")
        assert answer.status_code in (404, 405), path
        assert b"SQLite" not in answer.content


async def test_a_file_is_in_one_message_only(stage):
    ada = await stage.enters("ada")
    file, other = await ada.uploads("a.txt", b"a"), await ada.uploads("b.txt", b"b")
    seq = await ada.posts("first", files=[file["id"]], key="mine")

    assert await ada.posts("first", files=[file["id"]], key="mine") == seq
    with refused("conflict"):
        await ada.posts("second", files=[other["id"], file["id"]])
    with refused("conflict"):
        await ada.person.asks("DELETE", f"uploads/{file['id']}")
    await ada.posts("third", files=[other["id"]])


async def test_of_many_messages_at_once_one_gets_the_file(stage):
    ada = await stage.enters("ada")
    file = await ada.uploads("a.txt", b"a")
    room, post = stage.id_of("lobby"), ada.person.browser.post
    bodies = [{"key": str(n), "text": "x", **({"files": [file["id"]]} if n % 2 else {})} for n in range(10)]

    answers = await asyncio.gather(*(post(f"rooms/{room}/messages", json=body) for body in bodies))

    assert [answer.status_code for answer in answers[::2]] == [201] * 5
    assert sorted(answer.status_code for answer in answers[1::2]) == [201, 409, 409, 409, 409]


async def test_a_message_cannot_have_what_is_no_upload_of_ones_own(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    half = await ada.person.asks("POST", "uploads", json={"name": "a", "size": 10})
    hers = await grace.uploads("a.txt", b"a")
    mine = await ada.uploads("a.txt", b"a")

    for code, files in (
        ("conflict", [half["id"]]),
        ("invalid", [hers["id"]]),
        ("invalid", [mine["id"], mine["id"]]),
        ("invalid", ["0" * 16]),
        ("invalid", ["../x"]),
        ("invalid", [mine["id"]] * 11),
        ("invalid", []),
    ):
        for by_rest in (True, False):
            with refused(code):
                await ada.posts("" if not files else "x", files=files, by_rest=by_rest)
    await ada.posts("x", files=[mine["id"]])


async def test_the_words_may_change_and_go_and_the_files_stay(stage):
    ada = await stage.enters("ada")
    file = await ada.uploads("a.txt", b"a")
    seq, plain = await ada.posts("look", files=[file["id"]]), await ada.posts("plain")

    assert (await ada.edits(seq, ""))["files"] == [file]
    assert (await ada.edits(seq, "again"))["text"] == "again"
    with refused("invalid"):
        await ada.edits(plain, " ")


async def test_a_deleted_message_takes_its_files_along_from_the_disk_too(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    image, twin, text = await ada.uploads("a.png", picture()), await grace.uploads("b.png", picture()), await ada.uploads("a.txt", b"a")
    seq, again = await ada.posts("mine", files=[image["id"], text["id"]]), await grace.posts("hers", files=[twin["id"]])
    assert len(kept_by(stage)) == 3  # the same bytes are kept once

    await ada.deletes(seq)
    assert (await asks_for(ada, image)).status_code == 404
    assert (await asks_for(ada, image, "thumbnail")).status_code == 404
    await stage.chat.features.files.clearing.clear()
    assert len(kept_by(stage)) == 2
    assert (await asks_for(ada, twin)).status_code == 200
    log = await ada.person.asks_for_all(f"rooms/{stage.id_of('lobby')}/events")
    assert "a.txt" not in str(log)

    await grace.deletes(again)
    await stage.chat.features.files.clearing.clear()
    assert kept_by(stage) == []


async def test_what_was_left_to_be_removed_is_removed_after_a_restart(stage, monkeypatch):
    ada = await stage.enters("ada")
    file = await ada.uploads("a.txt", b"a")
    seq = await ada.posts("x", files=[file["id"]])
    clearing = stage.chat.features.files.clearing
    await clearing.stop()
    await ada.deletes(seq)
    assert kept_by(stage) == [b"a"]

    await clearing.start()
    for _ in range(1000):
        if not kept_by(stage):
            break
        await asyncio.wait_for(clearing.clear(), 30)
    assert kept_by(stage) == []


async def test_a_download_goes_on_when_its_message_is_deleted_and_none_begins(stage):
    ada = await stage.enters("ada")
    data = b"x" * 20_000_000
    file = await ada.uploads("large.bin", data)
    seq = await ada.posts("x", files=[file["id"]])

    async with ada.person.browser.stream("GET", f"files/{file['id']}/large.bin") as answer:
        chunks = answer.aiter_raw()
        first = await anext(chunks)
        await ada.deletes(seq)
        await stage.chat.features.files.clearing.clear()
        assert kept_by(stage) == []
        rest = [chunk async for chunk in chunks]

    assert len(first) + sum(map(len, rest)) == len(data)
    assert (await asks_for(ada, file)).status_code == 404


async def test_who_leaves_or_joins_late_reads_what_the_door_says(stage):
    ada, grace, linus = [await stage.enters(name) for name in ("ada", "grace", "linus")]
    room = await ada.makes_room("kitchen", grace, history="joined")
    early = await ada.uploads("early.txt", b"early")
    await ada.posts("x", room=room, files=[early["id"]])
    await ada.adds(linus, to=room)
    late = await ada.uploads("late.txt", b"late")
    await ada.posts("x", room=room, files=[late["id"]])

    assert [(await asks_for(linus, file)).status_code for file in (early, late)] == [404, 200]
    assert [(await asks_for(grace, file)).status_code for file in (early, late)] == [200, 200]
    await ada.removes(grace, from_=room)
    assert [(await asks_for(grace, file)).status_code for file in (early, late)] == [404, 404]


async def test_files_are_found_by_their_names_whatever_is_edited(stage):
    ada = await stage.enters("ada")
    file, other = await ada.uploads("Quarterly Report.pdf", b"%PDF-1.7"), await ada.uploads("b.txt", b"b")
    seq = await ada.posts("look here", files=[file["id"]])
    await ada.posts("plain words")
    await ada.posts("other", files=[other["id"]])

    async def found(words):
        await stage.chat.features.search_index.catch_up()
        return [message["seq"] for message in (await ada.person.asks("GET", "search", params={"q": words}))["items"]]

    assert await found("has:file") == [seq + 2, seq]
    assert await found("has:file quarterly") == [seq]
    await ada.edits(seq, "")
    assert await found("quarterly report") == [seq]
    assert await found("here") == []
    await ada.deletes(seq)
    assert await found("quarterly") == []
