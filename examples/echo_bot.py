"""A bot that repeats what is said to it. It may stop and start as it likes: no message is missed, none is answered twice.

    hubbub user add echo
    export CHAT_URL=http://127.0.0.1:8000 CHAT_TOKEN=$(hubbub token create echo)
    python examples/echo_bot.py

Then write `@echo hello` in a room that it is in, such as the lobby.
"""

import asyncio
import contextlib
import os

from hubbub.client import BookmarkFile, Client


async def main() -> None:
    bookmarks = BookmarkFile(os.environ.get("ECHO_BOOKMARKS", "echo-bot.json"))
    async with Client(os.environ["CHAT_URL"], token=os.environ["CHAT_TOKEN"], name="echo", bookmarks=bookmarks) as client:
        print(f"I am @{client.me.name}, in {', '.join(room.name for room in client.rooms)}.", flush=True)
        async for message in client.mentions():
            await message.reply(f"{message.by.name} said: {message.text}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
