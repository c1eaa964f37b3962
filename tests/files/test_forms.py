"""A file in a form: written as it comes, and nothing of a hostile one is kept, in memory or on the disk."""

import asyncio

import pytest

from hubbub.errors import Invalid, TooLarge
from hubbub.files.form import FIELD_BYTES, OVERHEAD_BYTES, FileForm
from hubbub.testing import refused

TYPE = "multipart/form-data; boundary=edge"


def part(name, data=b"", filename=None, extra=b""):
    named = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    return b"--edge\r\nContent-Disposition: " + named.encode() + b"\r\n" + extra + b"\r\n" + data + b"\r\n"


END = b"--edge--\r\n"


def read(*chunks):
    form = FileForm(TYPE)
    taken = b""
    for chunk in chunks:
        form.feed(chunk)
        taken += form.taken()
    return form, taken


def test_a_file_is_read_in_whatever_pieces_it_comes():
    whole = part("voice", b"true") + part("file", b"\r\n--edg\x00e" * 50, "a.txt") + END
    for size in (1, 7, 64, len(whole)):
        form, taken = read(*(whole[at : at + size] for at in range(0, len(whole), size)))
        assert (taken, form.name, form.is_voice, form.is_over) == (b"\r\n--edg\x00e" * 50, "a.txt", True, True)


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "multipart/form-data", "multipart/form-data; boundary=" + "x" * 71])
def test_what_is_no_form_is_refused(content_type):
    with pytest.raises(Invalid):
        FileForm(content_type)


@pytest.mark.parametrize(
    "chunks",
    [
        [part("x")] * 100,
        [part("x", b"y" * (FIELD_BYTES + 1))],
        [part("file", b"1", "a"), part("file", b"2", "b")],
        [part("file", b"", "a" * 5000)],
        [part("file", b"", "a", b"X: y\r\n" * 20)],
        [part("file", b"", "a", b"X" * 100_000 + b": y\r\n")],
        [b"no boundary at all" * 10],
        [part("file", b"1", "a") + END, b"x" * (OVERHEAD_BYTES + 1)],
        [b"\r\n" * OVERHEAD_BYTES],
    ],
    ids=["parts", "field", "two files", "name", "headers", "header", "nothing", "epilogue", "preamble"],
)
def test_a_form_is_bounded_in_everything(chunks):
    with pytest.raises((Invalid, TooLarge)):
        read(*chunks)


@pytest.mark.anyio
async def test_a_file_in_a_form_is_a_file(stage):
    ada = await stage.enters("ada")

    file = await ada.uploads("../Ä \u202egpj.exe", b"hello")
    note = await ada.uploads("note.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm....A_OPUS", voice=True)
    text = await ada.uploads("note.txt", b"no voice at all", voice=True)

    assert file == {"id": file["id"], "name": "Ä gpj.exe", "type": "text/plain", "size": 5, "kind": "file"}
    assert (note["kind"], note["voice"]) == ("audio", True)
    assert "voice" not in text


@pytest.mark.anyio
async def test_what_is_too_large_is_refused_before_it_has_come(make_stage):
    stage = await make_stage(file_limit=100_000)
    ada = await stage.enters("ada")
    head = b"POST /api/files HTTP/1.1\r\nHost: x\r\nContent-Type: " + TYPE.encode() + b"\r\n"
    head += b"".join(f"{name}: {value}\r\n".encode() for name, value in ada.person.headers.items())
    some = part("file", b"x" * 120_000, "large")
    announced = head + b"Content-Length: 50000000\r\n\r\n"
    unannounced = head + b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(some):x}\r\n".encode() + some + b"\r\n"

    for beginning in (announced, unannounced):
        # No more is sent, so whoever waited for more would wait for ever.
        reader, writer = await asyncio.open_connection(*stage.serving.origin.removeprefix("http://").split(":"))
        writer.write(beginning)
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
        writer.close()
        await writer.wait_closed()
    await stage.chat.features.files.clearing.clear()

    assert [path for path in (stage.chat.settings.data / "files").rglob("*") if path.is_file()] == []


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", END, part("other", b"x") + END, part("file", b"", "empty") + END, part("file", b"half of", "a")])
async def test_a_form_without_a_whole_file_is_refused_and_leaves_nothing(stage, body):
    ada = await stage.enters("ada")

    with refused("invalid"):
        await ada.person.asks("POST", "files", content=body, headers={"Content-Type": TYPE})
    await stage.chat.features.files.clearing.clear()

    assert [path for path in (stage.chat.settings.data / "files").rglob("*") if path.is_file()] == []
