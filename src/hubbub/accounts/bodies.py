"""What the account routes take and give, as JSON. Fields nobody asked for are ignored."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from hubbub.accounts.model import Invite, Login, NewInvite, NewToken, Token, User
from hubbub.protocol.events import Person, timestamp
from hubbub.protocol.frames import FILES_PER_MESSAGE
from hubbub.settings import Settings

# No field is longer; what each may really be is said by `accounts.model`, which also says what to do about it.
LONGEST = 1024


class Credentials(BaseModel):
    """A name and a password."""

    name: str = Field(max_length=LONGEST)
    password: str = Field(max_length=LONGEST)


class SetupBody(Credentials):
    """The owner's one-time token, and who they want to be."""

    token: str = Field(max_length=LONGEST)


class NewPassword(BaseModel):
    """The one-time token of a link, and the password that is to be."""

    token: str = Field(max_length=LONGEST)
    password: str = Field(max_length=LONGEST)


class AcceptBody(BaseModel):
    """Who to be from now on; empty for somebody signed in, who stays who they are."""

    name: str | None = Field(None, max_length=LONGEST)
    password: str | None = Field(None, max_length=LONGEST)


class MeChanges(BaseModel):
    """What to change; what is missing stays."""

    name: str | None = Field(None, max_length=LONGEST)
    avatar: str | None = Field(None, description="The address of a picture; null, where it is given, takes it away.")
    preferences: dict[str, Any] | None = Field(None, description="Keys to set; a key with null is taken out.")


class PasswordChange(BaseModel):
    """The password that was and the one that is to be."""

    old: str = Field(max_length=LONGEST)
    new: str = Field(max_length=LONGEST)


class InviteBody(BaseModel):
    """How often and how long an invite lets somebody in, and into which room."""

    uses: int | None = Field(None, strict=True, description="null: as many as like")
    days: int = Field(7, strict=True)
    room: str | None = Field(None, max_length=LONGEST)


class TokenBody(BaseModel):
    """What the token is for, in a few words."""

    name: str = Field(max_length=LONGEST)


class SiteLimits(BaseModel):
    """What may be sent here."""

    text: int = Field(description="Characters of a message")
    file: int = Field(description="Bytes of a file")
    files: int = Field(description="Files of a message")


def limits_of(settings: Settings) -> SiteLimits:
    """The limits as everybody may know them."""
    return SiteLimits(text=settings.text_limit, file=settings.file_limit, files=FILES_PER_MESSAGE)


class Site(BaseModel):
    """What a visitor may know."""

    name: str
    limits: SiteLimits
    setup: bool = Field(description="Whether the chat still waits for its owner")
    version: str
    previews: bool = Field(False, description="Whether links are previewed")
    sign_in: bool = Field(True, description="Whether people sign in here; in a mounted chat the host app does that")


class UserAnswer(Person):
    """A user, as they see themselves."""

    role: Literal["owner", "admin", "member", "guest"]
    avatar: str | None


class MeAnswer(UserAnswer):
    """A user with what their clients keep here."""

    preferences: dict[str, Any]


class Entered(BaseModel):
    """Who is signed in now."""

    user: UserAnswer


class LoginAnswer(BaseModel):
    """One of the places where a user is signed in."""

    id: str
    created_at: str
    last_seen_at: str
    client: str
    current: bool


class TokenAnswer(BaseModel):
    """A token, without its secret."""

    id: str
    name: str
    created_at: str


class NewTokenAnswer(TokenAnswer):
    """A token just made; the secret is shown this once."""

    token: str


class InviteAnswer(BaseModel):
    """An invite that is open, without its code."""

    id: str
    by: str = Field(description="The inviter's name")
    room: str | None = Field(description="The room's name")
    uses_left: int | None
    created_at: str
    expires_at: str


class NewInviteAnswer(BaseModel):
    """An invite just made; the code is shown this once."""

    id: str
    code: str
    path: str = Field(description="Where the web client takes the invited to, relative to its page")
    expires_at: str


class Invitation(BaseModel):
    """What the invited see before they accept."""

    inviter: str
    room: str | None


class LoginList(BaseModel):
    """Where the user is signed in."""

    items: list[LoginAnswer]
    next: None = None


class TokenList(BaseModel):
    """The user's tokens."""

    items: list[TokenAnswer]
    next: None = None


class InviteList(BaseModel):
    """Open invites."""

    items: list[InviteAnswer]
    next: None = None


class PersonList(BaseModel):
    """People found."""

    items: list[Person]
    next: None = None


def entered(user: User) -> Entered:
    """The answer to whoever is signed in now."""
    return Entered(user=UserAnswer(**user.as_json()))


def login_answer(login: Login, current_id: str) -> LoginAnswer:
    """A login in the list; `current` marks the one that asks."""
    return LoginAnswer(
        id=login.id,
        created_at=timestamp(login.created_at),
        last_seen_at=timestamp(login.last_seen_at),
        client=login.client,
        current=login.id == current_id,
    )


def token_answer(token: Token) -> TokenAnswer:
    """A token in the list."""
    return TokenAnswer(id=token.id, name=token.name, created_at=timestamp(token.created_at))


def new_token_answer(made: NewToken) -> NewTokenAnswer:
    """A token just made, with its secret."""
    return NewTokenAnswer(**token_answer(made.token).model_dump(), token=made.secret)


def invite_answer(invite: Invite) -> InviteAnswer:
    """An invite in the list."""
    return InviteAnswer(
        id=invite.id,
        by=invite.inviter_name,
        room=invite.room_name,
        uses_left=invite.uses_left,
        created_at=timestamp(invite.created_at),
        expires_at=timestamp(invite.expires_at),
    )


def new_invite_answer(made: NewInvite) -> NewInviteAnswer:
    """An invite just made, with its code."""
    path = f"#/invite/{made.code}"
    return NewInviteAnswer(id=made.invite.id, code=made.code, path=path, expires_at=timestamp(made.invite.expires_at))
