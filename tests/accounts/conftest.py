"""The stage for the account tests: a real database, a clock one can turn, and a cast."""

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import insert, select

from hubbub.accounts.actions import Accounts
from hubbub.accounts.api import accounts_router
from hubbub.accounts.identity import identify_with, signed_in
from hubbub.accounts.passwords import Passwords
from hubbub.database import Database
from hubbub.database.schema import memberships, rooms
from hubbub.errors import NotFound
from hubbub.settings import Settings
from hubbub.site.actions import Site
from hubbub.site.api import site_router

PASSWORD = "correct horse battery"


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now

    def passes(self, *, seconds=0, hours=0, days=0):
        self.now += seconds + 3600 * hours + 86400 * days


class PausingDatabase(Database):
    """A real database, with a gate: while it is closed, what was read is handed out only once it opens again."""

    gate = None

    async def read(self, query):
        return await self.passes_the_gate(await super().read(query))

    async def read_together(self, query, question):
        return await self.passes_the_gate(await super().read_together(query, question))

    async def passes_the_gate(self, result):
        if self.gate is not None:
            self.has_read.set()
            await self.gate.wait()
        return result


class Chat:
    """Accounts as the app wires them, and a record of what they called back."""

    password = PASSWORD

    def __init__(self, folder, clock, **settings):
        self.clock = clock
        self.created, self.ended, self.changed, self.renamed = [], [], [], []
        self.settings = Settings(data=folder, **settings)
        self.database = PausingDatabase(self.settings.database_url, clock=clock)
        # Cheap hashing: how costly it really is has tests of its own.
        self.passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.accounts = self.wired(self.passwords)

    def wired(self, passwords):
        return Accounts(
            self.database,
            self.settings,
            clock=self.clock,
            on_user_created=lambda transaction, user: self.created.append(user),
            on_credentials_ended=lambda *ended: self.ended.append(ended),
            on_user_changed=self.changed.append,
            on_user_renamed=self.note_renamed,
            check_may_invite=self.check_may_invite,
            join_room=self.join_room,
            passwords=passwords,
        )

    async def note_renamed(self, user):
        self.renamed.append(user)

    def check_may_invite(self, transaction, user, room_id):
        if transaction.connection.execute(select(rooms.c.id).where(rooms.c.id == room_id)).one_or_none() is None:
            raise NotFound("There is no such room.")

    def join_room(self, transaction, user, room_id):
        mine = memberships.c.user_id == user.id, memberships.c.room_id == room_id
        if transaction.connection.execute(select(memberships.c.role).where(*mine)).one_or_none() is not None:
            return False
        row = {"user_id": user.id, "room_id": room_id, "role": "member", "read_seq": 0, "read_count": 0}
        transaction.connection.execute(insert(memberships).values(**row))
        return True

    async def members_of(self, room_id):
        query = select(memberships.c.user_id).where(memberships.c.room_id == room_id)
        return set(await self.database.read(lambda connection: list(connection.execute(query).scalars())))

    async def has_room(self, room_id, name, *members):
        row = {"id": room_id, "kind": "private", "name": name, "name_key": name, "created_at": 0}
        await self.database.write(lambda transaction: transaction.connection.execute(insert(rooms).values(**row)))
        for member in members:
            await self.database.write(lambda transaction, member=member: self.join_room(transaction, member, room_id))

    async def has(self, name, role="member"):
        return await self.accounts.add_user(name, role=role, password=PASSWORD)

    async def signs_in(self, name, password=PASSWORD, address="192.0.2.1"):
        return await self.accounts.sign_in(name, password, address=address, client="test")

    def app(self):
        app = FastAPI()
        identify = identify_with(self.accounts, self.settings)
        app.include_router(accounts_router(self.accounts, self.settings, identify), prefix="/api")
        needs_owner = self.accounts.needs_owner
        site = site_router(Site(self.database), self.settings, signed_in(identify), needs_owner=needs_owner, version="1.2.3")
        app.include_router(site, prefix="/api")
        return app

    def browser(self, base_url="http://chat.test", address="192.0.2.1", **headers):
        transport = httpx2.ASGITransport(app=self.app(), client=(address, 1234))
        origin = {"origin": base_url, **headers}
        return httpx2.AsyncClient(transport=transport, base_url=base_url + "/api/", headers=origin)

    def program(self, token=None):
        transport = httpx2.ASGITransport(app=self.app(), client=("192.0.2.9", 1234))
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx2.AsyncClient(transport=transport, base_url="http://chat.test/api/", headers=headers)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def make_chat(anyio_backend, tmp_path, clock):
    made = []

    async def make(**settings):
        chat = Chat(tmp_path / f"data{len(made)}", clock, **settings)
        await chat.database.open(lambda announcements: None)
        made.append(chat)
        return chat

    yield make
    for chat in made:
        chat.accounts.close()
        await chat.database.close()


@pytest.fixture
async def chat(make_chat):
    return await make_chat()
