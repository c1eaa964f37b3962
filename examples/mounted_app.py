"""A shop with a chat in it: its own people, its own sign-in, and a bot that answers to what is said.

Run it with `fastapi dev examples/mounted_app.py`, open http://127.0.0.1:8000, sign in as ada or grace, and chat.
"""

import os
import secrets
from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

from hubbub import Hubbub, Identity, Settings
from hubbub.protocol.events import MessageCreated

PEOPLE = {"ada": Identity(id="1", name="Ada"), "grace": Identity(id="2", name="Grace")}
SHOP = Identity(id="shop", name="Shop", kind="bot")
signed_in: dict[str, str] = {}  # a secret to a name; a real shop has a database

bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)


async def get_user(
    session: Annotated[str | None, Cookie()] = None,
    token: Annotated[str | None, Depends(bearer)] = None,
) -> Identity | None:
    """Who is there: by the shop's cookie in a browser, by a token in a program."""
    return PEOPLE.get(signed_in.get(token or session or "", ""))


chat = Hubbub(Settings(data=os.environ.get("SHOP_DATA", "shop-data")), current_user=get_user)


@chat.on("message.created")
async def answer(event: MessageCreated) -> None:
    """The shop's bot: it may hear an event twice, and by the key its answer is posted once."""
    if event.text and "order" in event.text.lower() and event.by.kind == "human":
        await chat.post(event.room, f"Your order is on its way, {event.by.name}.", by=SHOP, key=f"answer-{event.room}-{event.seq}")


app = FastAPI(title="Shop")
app.include_router(chat.router, prefix="/chat", tags=["chat"])


@app.get("/", response_class=HTMLResponse)
async def front_page(user: Annotated[Identity | None, Depends(get_user)]) -> str:
    """The shop, with a link to its chat."""
    if user is None:
        return '<h1>Shop</h1><form method="post" action="sign-in"><input name="name" value="ada"><button>Sign in</button></form>'
    return f'<h1>Shop</h1><p>Good day, {user.name}. <a href="chat/">Chat</a></p>'


@app.post("/sign-in")
async def sign_in(name: Annotated[str, Form()]) -> RedirectResponse:
    """Sign in by a form; this shop asks for no password."""
    response = RedirectResponse(".", status_code=303)
    response.set_cookie("session", _new_secret(name), httponly=True, samesite="lax")
    return response


@app.post("/token")
async def get_token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    """Sign in by OAuth2."""
    return {"access_token": _new_secret(form.username), "token_type": "bearer"}


@app.post("/sign-out/{name}")
async def sign_out(name: str) -> None:
    """Sign somebody out everywhere, of the chat too."""
    for secret in [secret for secret, owner in signed_in.items() if owner == name]:
        del signed_in[secret]
    await chat.recheck(PEOPLE[name])


def _new_secret(name: str) -> str:
    if name not in PEOPLE:
        raise HTTPException(401, "There is nobody of this name. Try ada or grace.")
    secret = secrets.token_urlsafe()
    signed_in[secret] = name
    return secret
