"""Two nodes look at the links of one chat: each page is asked for once, by one of them."""

import asyncio
import json

import pytest
from postgres_nodes import log_of, nodes_on

from hubbub.site.actions import Site
from strange_server import StrangeServer

pytestmark = pytest.mark.anyio

LINKS = 24


async def test_each_page_is_asked_for_once_and_shown_by_both(anyio_backend, postgres_url, tmp_path):
    web = await StrangeServer().start()
    paths = [f"/{number}" for number in range(LINKS)]
    for path in paths:
        web.says(path, f"<title>{path}</title>")
    async with nodes_on(postgres_url, tmp_path, outgoing_networks=["127.0.0.1/32"]) as nodes:
        ada = await nodes[0].accounts.add_user("ada", role="owner")
        room = (await nodes[0].rooms.create(ada, "private", "kitchen")).room.id
        await Site(nodes[1].database).change(ada, previews=True)
        for node in nodes:
            await node.features.previewing.stop()
        posts = [nodes[number % 2].messages.post_message(ada, room, key=path, text=web.url(path)) for number, path in enumerate(paths)]
        await asyncio.gather(*posts)

        await asyncio.gather(*(node.features.previewing.catch_up() for node in nodes for _ in range(3)))

        assert sorted(web.paths) == sorted(paths)
        events = [json.loads(body) for _, body in await log_of(nodes[1], room)]
        shown = [preview["title"] for event in events if event["type"] == "message.previewed" for preview in event["previews"]]
        assert sorted(shown) == sorted(paths)
    await web.stop()
