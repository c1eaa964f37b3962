"""Two nodes on one PostgreSQL share a folder of files: what one takes the other gives, and each is kept and removed once."""

import asyncio

import pytest
from postgres_nodes import nodes_on, together

from hubbub.errors import Conflict, NotFound
from hubbub.files.model import Claims
from hubbub.files.uploads import WrongOffset

pytestmark = pytest.mark.anyio

DATA = b"swordfish" * 1000


@pytest.fixture
async def nodes(anyio_backend, postgres_url, tmp_path):
    async with nodes_on(postgres_url, tmp_path, files=str(tmp_path / "files")) as chats:
        yield chats


async def some(data):
    yield data


async def upload(node, user, data=DATA):
    uploads = node.features.files.uploads
    begun = await uploads.begin(user, Claims("a.txt", len(data)))
    return (await uploads.take(user, begun.file.id, 0, some(data))).file


def kept(node):
    return [path for path in node.features.files.storage._folder.rglob("*") if path.is_file()]


async def test_one_node_begins_and_the_other_goes_on(nodes):
    here, there = nodes
    ada = await here.accounts.add_user("ada")
    begun = await here.features.files.uploads.begin(ada, Claims("a.txt", len(DATA)))
    await here.features.files.uploads.take(ada, begun.file.id, 0, some(DATA[:100]))

    assert (await there.features.files.uploads.progress(ada, begun.file.id)).arrived == 100
    whole = (await there.features.files.uploads.take(ada, begun.file.id, 100, some(DATA[100:]))).file
    lobby = await here.room_id("lobby")
    await here.messages.post_message(ada, lobby, key="a", text="", files=[whole.id])
    assert (await there.features.files.files.file(ada, whole.id)).digest == whole.digest


async def test_both_finish_one_upload_at_once(nodes):
    ada = await nodes[0].accounts.add_user("ada")
    begun = await nodes[0].features.files.uploads.begin(ada, Claims("a.txt", len(DATA)))
    ends = await together(*(node.features.files.uploads.take(ada, begun.file.id, 0, some(DATA)) for node in nodes * 3))

    whole = [end for end in ends if not isinstance(end, BaseException)]
    assert whole
    assert all(end == whole[0] for end in whole)
    assert all(isinstance(end, WrongOffset) for end in ends if isinstance(end, BaseException)), ends
    assert len(kept(nodes[0])) == 1


async def test_a_file_goes_into_one_message_whichever_node_is_asked(nodes):
    ada = await nodes[0].accounts.add_user("ada")
    rooms = [(await nodes[0].rooms.create(ada, "private", f"room {n}")).room.id for n in range(4)]
    for round in range(5):
        file = await upload(nodes[0], ada)
        posts = [node.messages.post_message(ada, room, key=f"{round}", text="x", files=[file.id]) for room in rooms for node in nodes]
        ends = await together(*posts)
        stands = {end.room_id for end in ends if not isinstance(end, BaseException)}
        assert len(stands) == 1
        assert all(isinstance(end, Conflict) for end in ends if isinstance(end, BaseException))


async def test_of_those_who_delete_the_last_files_with_the_same_bytes_one_removes_them(nodes):
    ada = await nodes[0].accounts.add_user("ada")
    rooms = [(await nodes[0].rooms.create(ada, "private", f"room {n}")).room.id for n in range(4)]
    for round in range(5):
        posted = []
        for room in rooms:
            file = await upload(nodes[0], ada)
            posted.append(await nodes[0].messages.post_message(ada, room, key=f"{round}", text="x", files=[file.id]))
        assert len(kept(nodes[0])) == 1
        late = upload(nodes[1], ada)
        deletions = [nodes[n % 2].messages.delete_message(ada, post.room_id, post.seq) for n, post in enumerate(posted)]
        last, *ends = await together(late, *deletions)
        assert ends == [None] * 4
        await asyncio.gather(*(node.features.files.clearing.clear() for node in nodes))

        assert len(kept(nodes[0])) == 1
        assert nodes[0].features.files.storage.size(last.content) == len(DATA)
        await nodes[0].features.files.uploads.cancel(ada, last.id)
        await nodes[0].features.files.clearing.clear()
        assert kept(nodes[0]) == []
        with pytest.raises(NotFound):
            await nodes[1].features.files.files.file(ada, last.id)
