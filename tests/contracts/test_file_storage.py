"""Every place for files keeps the same promises: a folder, and S3, which is a real server here."""

import shutil
from contextlib import closing
from urllib.request import Request, urlopen

import pytest

from hubbub.errors import StartupError
from hubbub.files.bucket import Bucket
from hubbub.files.folder import Folder
from hubbub.files.storage import storage_at
from hubbub.testing import make_stage

ADDRESS = "ab" + "0" * 62 + "-d21fdr1hptz91rqv"
UPLOAD = "d21fdr1hptz91rqv"


@pytest.fixture(scope="session")
def s3():
    """The address of a server that speaks S3, with a bucket `chat` in it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    with urlopen(Request(f"{url}/chat", method="PUT"), timeout=30):
        pass
    yield url
    server.stop()


@pytest.fixture
def keys(s3, monkeypatch):
    for name, value in (("ENDPOINT_URL", s3), ("ACCESS_KEY_ID", "ada"), ("SECRET_ACCESS_KEY", "secret"), ("REGION", "eu-central-1")):
        monkeypatch.setenv(f"AWS_{name}", value)


__all__ = ["make_stage"]


@pytest.fixture(params=["folder", "memory", "s3"])
def storage(request, tmp_path):
    if request.param == "folder":
        return Folder(tmp_path / "files")
    if request.param == "memory":
        from obstore.store import MemoryStore

        return Bucket(MemoryStore(), "memory", tmp_path / "scratch")
    request.getfixturevalue("keys")
    return storage_at(f"s3://chat/{tmp_path.name}", tmp_path)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(bytes(range(256)) * 100)
    return path


def read(storage, address):
    with closing(storage.open(address)) as content:
        return content.read(0, 1_000_000)


def test_an_upload_arrives_piece_by_piece(storage):
    assert storage.arrived(UPLOAD) == 0
    storage.add(UPLOAD, 0, b"hello ")
    storage.add(UPLOAD, 6, b"world")
    storage.add(UPLOAD, 6, b"world")
    assert storage.arrived(UPLOAD) == 11

    with storage.whole(UPLOAD) as path:
        assert path.read_bytes() == b"hello world"
        beside = path.with_name(f"{path.name}.picture")
        beside.write_bytes(b"made of it")
    storage.forget(UPLOAD)
    storage.forget(UPLOAD)
    assert storage.arrived(UPLOAD) == 0
    assert not beside.exists()


def test_what_is_kept_is_there_until_it_is_removed(storage, source):
    assert storage.size(ADDRESS) is None
    storage.keep(source, ADDRESS)
    storage.keep(source, ADDRESS)
    shutil.copy(source, source.with_name("other"))
    source.unlink()

    assert storage.size(ADDRESS) == 25_600
    with closing(storage.open(ADDRESS)) as content:
        assert content.read(0, 10) == bytes(range(10))
        assert content.read(25_590, 10) == bytes(range(246, 256))
        assert content.read(256, 256) == bytes(range(256))
    storage.remove(ADDRESS)
    storage.remove(ADDRESS)
    assert storage.size(ADDRESS) is None
    with pytest.raises(FileNotFoundError):
        storage.open(ADDRESS)


def test_no_address_leads_elsewhere(tmp_path, source):
    folder = Folder(tmp_path / "files")
    for address in ("../source", "a/b", "..", "", "a\0b", "%2e%2e"):
        for ask in (folder.open, folder.remove, lambda address: folder.keep(source, address), folder.forget):
            with pytest.raises((FileNotFoundError, ValueError)):
                ask(address)
    assert source.exists()


def test_what_is_kept_is_nobody_elses_to_read(tmp_path, source):
    folder = Folder(tmp_path / "files")
    folder.add(UPLOAD, 0, b"secret")
    folder.keep(source, ADDRESS)

    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "files" / "uploads" / UPLOAD).stat().st_mode & 0o777 == 0o600


def test_a_folder_on_another_disk_gets_a_copy(tmp_path, source, monkeypatch):
    def another_disk(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", another_disk)
    folder = Folder(tmp_path / "files")
    folder.keep(source, ADDRESS)
    assert read(folder, ADDRESS) == source.read_bytes()


@pytest.mark.usefixtures("keys")
def test_a_place_that_cannot_be_reached_is_an_os_error(tmp_path, source, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    storage = storage_at("s3://chat/x", tmp_path)
    with pytest.raises(OSError, match=r"127\.0\.0\.1:9"):
        storage.keep(source, ADDRESS)


@pytest.mark.parametrize("files", ["ftp://x/y", "s3://", "s3://key:secret@bucket/x"])
def test_what_is_no_place_for_files_is_refused(files, tmp_path):
    with pytest.raises(StartupError) as refusal:
        storage_at(files, tmp_path)
    assert "secret" not in str(refusal.value)


@pytest.mark.usefixtures("keys")
@pytest.mark.anyio
async def test_a_whole_chat_keeps_its_files_in_s3(make_stage):
    stage = await make_stage(files="s3://chat/whole")
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    data = bytes(range(256)) * 40_000
    upload = await ada.person.asks("POST", "uploads", json={"name": "a.bin", "size": len(data)})
    for start, end in ((0, 6_000_000), (6_000_000, len(data))):
        answer = await ada.person.browser.patch(
            f"uploads/{upload['id']}",
            content=data[start:end],
            headers={"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)},
        )
    seq = await ada.posts("", files=[answer.json()["id"]])

    got = await grace.person.browser.get(f"files/{upload['id']}/a.bin")
    assert got.content == data
    part = await grace.person.browser.get(f"files/{upload['id']}/a.bin", headers={"Range": "bytes=5000000-5000003"})
    assert part.content == data[5_000_000:5_000_004]
    storage = stage.chat.features.files.uploads._storage
    assert list(storage._pieces(upload["id"])) == []
    await ada.deletes(seq)
    await stage.chat.features.files.clearing.clear()
    assert storage._store.list().collect() == []
