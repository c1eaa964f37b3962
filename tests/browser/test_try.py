"""The tutorial's page, ours and the tutorial's own, in a browser."""

import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse
from playwright.async_api import expect

from hubbub.testing.serving import served

pytestmark = pytest.mark.anyio

# The page of https://fastapi.tiangolo.com/advanced/websockets/, letter by letter, but for the port.
TUTORIAL = """
<!DOCTYPE html>
<html>
    <head>
        <title>Chat</title>
    </head>
    <body>
        <h1>WebSocket Chat</h1>
        <form action="" onsubmit="sendMessage(event)">
            <input type="text" id="messageText" autocomplete="off"/>
            <button>Send</button>
        </form>
        <ul id='messages'>
        </ul>
        <script>
            var ws = new WebSocket("ws://localhost:8000/ws");
            ws.onmessage = function(event) {
                var messages = document.getElementById('messages')
                var message = document.createElement('li')
                var content = document.createTextNode(event.data)
                message.appendChild(content)
                messages.appendChild(message)
            };
            function sendMessage(event) {
                var input = document.getElementById("messageText")
                ws.send(input.value)
                input.value = ''
                event.preventDefault()
            }
        </script>
    </body>
</html>
"""


async def sends(visitor, *texts):
    for text in texts:
        await visitor.page.locator("#messageText").fill(text)
        await visitor.page.get_by_role("button", name="Send").click()


async def test_each_text_comes_back_over_one_connection(stage, visit):
    visitor = await visit(f"{stage.serving.origin}/try")
    await visitor.sees("Connected.")
    texts = ["hello", "", "grüß dich", "<b>not bold</b>", "x" * 4000, *(f"again {n}" for n in range(4))]
    await sends(visitor, *texts)
    await expect(visitor.page.locator("#messages li")).to_have_text([f"Message text was: {text}" for text in texts])


@pytest.mark.parametrize("origin", ["a file", "another site"])
async def test_the_tutorials_own_page_talks_to_us(stage, visit, tmp_path, origin):
    page = tmp_path / "tutorial.html"
    page.write_text(TUTORIAL.replace("ws://localhost:8000/ws", stage.serving.origin.replace("http", "ws") + "/ws"))
    async with served(another_site(page), "hubbub") as elsewhere:
        visitor = await visit(page.as_uri() if origin == "a file" else elsewhere.origin)
        await talks(visitor)


def another_site(page):
    app = FastAPI()
    app.add_api_route("/", lambda: FileResponse(page))
    app.add_api_route("/favicon.ico", lambda: None)
    return app


async def talks(visitor):
    await visitor.page.wait_for_function("ws.readyState === WebSocket.OPEN")
    await sends(visitor, "one", "two", "three")
    await expect(visitor.page.locator("#messages li")).to_have_text([f"Message text was: {text}" for text in ("one", "two", "three")])
