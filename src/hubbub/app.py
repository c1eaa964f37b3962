"""Hubbub: the only place that builds the parts of a chat and wires them together."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import Any

from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse, Response

from hubbub.accounts.actions import Accounts
from hubbub.accounts.api import accounts_router, host_accounts_router
from hubbub.accounts.host import Host
from hubbub.accounts.host_answers import checked_identity, presentable
from hubbub.accounts.identity import Identified, Somebody, identify_with, signed_in
from hubbub.accounts.model import Identity, User
from hubbub.accounts.news import AccountNews
from hubbub.accounts.rechecking import Rechecking
from hubbub.accounts.store import user_by_external_id
from hubbub.bus.base import Bus
from hubbub.bus.opening import bus_at
from hubbub.control.control_socket import ControlSocket
from hubbub.control.operator import Operator
from hubbub.database import Database, Transaction
from hubbub.errors import Forbidden, NotFound
from hubbub.features import Features
from hubbub.journal.epoch import epoch_of
from hubbub.journal.following import Followers
from hubbub.journal.listening import Listening
from hubbub.journal.reading import JournalReader
from hubbub.journal.writing import Journal
from hubbub.messages.actions import Messages
from hubbub.messages.api import messages_router
from hubbub.messages.commands import MessageCommands
from hubbub.messages.express import Express
from hubbub.messages.model import Posted
from hubbub.messages.pace import Pace
from hubbub.metrics import CONTENT_TYPE, Metrics, metrics_of
from hubbub.problems import not_found_here
from hubbub.protocol.asyncapi import describe
from hubbub.protocol.codes import CloseCode
from hubbub.protocol.frames import Command, ReadUpTo, Send
from hubbub.protocol.ids import new_id
from hubbub.realtime.doors import Doors, Limits
from hubbub.realtime.gateway import Gateway
from hubbub.realtime.hub import Hub
from hubbub.realtime.neighbours import Neighbours
from hubbub.realtime.running_loop import RunningLoop
from hubbub.realtime.session import Session
from hubbub.rooms.actions import Rooms
from hubbub.rooms.api import rooms_router
from hubbub.rooms.commands import RoomCommands, RoomDescriber
from hubbub.rooms.direct import DirectRooms
from hubbub.rooms.personal import Personal
from hubbub.rooms.standing import Standing
from hubbub.settings import Settings
from hubbub.site.actions import Site
from hubbub.site.api import site_router
from hubbub.version import VERSION
from hubbub.web.api import web_router
from hubbub.web.asyncapi.api import asyncapi_router

FINISHING = 0.5
"""For which part of the time for draining work under way is waited for; the rest is for the goodbyes."""

log = logging.getLogger("hubbub")


class Hubbub:
    """A running chat: settings and parts, wired.

    `router` goes into any FastAPI app, under any prefix, and brings its lifespan along; `app` is a whole application
    of its own. Nothing is opened before the lifespan begins.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        current_user: Callable[..., Any] | None = None,
        clock: Callable[[], float] = time.time,
        bus: Bus | None = None,
    ) -> None:
        """`current_user` is a dependency of the host app that returns an `Identity`, or None for nobody.

        Without it, people sign in here. `clock` gives the seconds since 1970. `bus` stands in for the one of the settings.
        """
        self.settings = settings or Settings()
        self._clock = clock
        self._epoch = ""
        self._is_draining = False
        self._leaving: asyncio.Task[None] | None = None
        self._lifespans = 0
        self.database = Database(self.settings.database_url, clock=clock)
        self._journal = Journal()
        self.rooms = Rooms(self.database, self._journal)
        self.messages = Messages(self.database, self._journal, text_limit=self.settings.text_limit)
        self.accounts = self._build_accounts()
        self.hub = Hub(
            RunningLoop(),
            read_journal=JournalReader(self.database).read,
            describe_room=RoomDescriber(self.database).describe,
            has_more_coming=lambda: self.database.writer.is_busy,
        )
        self.messages.who_is_online = self.hub.presence.online
        self._room_commands = RoomCommands(self.database, self.rooms, self.hub)
        self._pace = Pace(is_on=self.settings.has_rate_limits)
        self.features = Features(
            self.settings,
            self.database,
            self._journal,
            messages=self.messages,
            hub=self.hub,
            pace=self._pace,
            clock=clock,
        )
        self._followers = Followers(self.database)
        self.on = Listening(self._followers)
        """`@chat.on("message.created")`: have a function called with every event of a type."""
        self.operator = Operator(self.accounts, self.rooms)
        self._control = ControlSocket(self.database.path, self.operator.carry_out) if self.database.path else None
        self._identify = identify_with(self.accounts, self.settings)
        self._host = Host(current_user, self.accounts, self.settings) if current_user is not None else None
        self._rechecking = Rechecking(self._host, self.hub, seconds=self.settings.recheck_seconds) if self._host else None
        self._account_news = AccountNews(self.hub, self.accounts, self._host, self._rechecking, Standing(self.database).rooms_of)
        self._neighbours = self._build_neighbours(bus)
        self._gateway = self._build_gateway()

    @cached_property
    def router(self) -> APIRouter:
        """Everything that this chat serves: pages, REST, WebSocket. It carries the lifespan."""
        # Routes are tried in this order for every request and every handshake, so what is asked most stands first.
        router = APIRouter(lifespan=self.lifespan)
        router.add_websocket_route("/ws", self._serve)
        router.add_api_route("/metrics", self._show_metrics, include_in_schema=False)
        router.add_api_route("/health", self._health, methods=["GET", "HEAD"], include_in_schema=False)
        somebody = self._host.signed_in() if self._host else signed_in(self._identify)
        api = self._host.router() if self._host else router
        for part in (
            messages_router(self.messages, somebody, self._pace, self._clock),
            rooms_router(
                self.rooms,
                DirectRooms(self.database, self._journal),
                somebody,
                personal=Personal(self.database),
                devices=self._room_commands,
            ),
            *self.features.routers(somebody),
            site_router(
                Site(self.database),
                self.settings,
                somebody,
                needs_owner=None if self._host else self.accounts.needs_owner,
                version=VERSION,
            ),
            self._accounts_router(somebody),
        ):
            api.include_router(part, prefix="/api")
        if self._host:
            router.include_router(api)
            self._host.add_handshake(router, "/ws")
        router.include_router(asyncapi_router(partial(describe, self.settings.name, VERSION), is_listed=self._host is not None))
        router.include_router(web_router())
        return router

    def _accounts_router(self, somebody: Somebody) -> APIRouter:
        if self._host:
            return host_accounts_router(self.accounts, somebody)
        return accounts_router(self.accounts, self.settings, self._identify)

    @cached_property
    def app(self) -> FastAPI:
        """A whole application: this chat and nothing else."""
        described = "The REST side of this chat. [The WebSocket](asyncapi) is described beside it."
        app = FastAPI(title=self.settings.name, version=VERSION, description=described, docs_url="/docs", redoc_url=None)
        app.include_router(self.router)
        app.add_exception_handler(404, not_found_here)
        return app

    @cached_property
    def served(self) -> Express:
        """`app` as `hubbub serve` runs it: the same answers, and a short way to those that are asked for most."""
        return Express(
            self.app,
            serve_websocket=lambda scope, receive, send: self._gateway.serve(WebSocket(scope, receive, send)),
            identify=lambda scope: self._identify(HTTPConnection(scope)),
            messages=self.messages,
            pace=self._pace,
            clock=self._clock,
        )

    @asynccontextmanager
    async def lifespan(self, _app: Any = None) -> AsyncIterator[None]:
        """Open the database and serve, then finish what is under way and let go of everything."""
        # A router that was included under two prefixes brings its lifespan twice.
        self._lifespans += 1
        try:
            if self._lifespans == 1:
                await self.start()
            yield
        finally:
            self._lifespans -= 1
            if self._lifespans == 0:
                await self.stop()

    async def start(self) -> None:
        """Open the database. Raises `StartupError` with a sentence that says what to do."""
        if self._is_draining:
            # Started again after it was stopped, as a test client does with one app for every test.
            self._gateway, self._is_draining, self._leaving = self._build_gateway(), False, None
        self._journal.forget()
        await self.database.open(self._announce)
        self._epoch = await self.database.write(self._furnish)
        if self._neighbours:
            await self._neighbours.start(f"hubbub:{self._epoch}:")
        await self._followers.start()
        await self.features.start()
        if self._rechecking:
            self._rechecking.start()
        if self._control:
            await self._control.open()

    @property
    def is_heard(self) -> bool:
        """Whether the other nodes, where there are some, hear at once what is done here."""
        return self._neighbours is None or self._neighbours.is_heard

    async def stop(self) -> None:
        """Say goodbye to whoever is still here, and close the database. Safe to call twice."""
        if self._rechecking:
            await self._rechecking.stop()
        await (self._leaving or self.drain())
        if self._neighbours:
            await self._neighbours.stop()
        if self._control:
            await self._control.close()
        await self.database.close()
        self.accounts.close()

    async def drain(self) -> None:
        """Answer what is under way, say `bye` to every session and close it. Health answers 503 from now on.

        Where the database answers nothing, `bye` comes first: clients send again elsewhere what was not answered.
        """
        self._is_draining = True
        try:
            async with asyncio.timeout(self.settings.drain_seconds * FINISHING):
                await self._finish()
        except TimeoutError:
            log.warning("Stopped waiting for work under way: the database does not answer, or a handler does not end.")
        finally:
            await self._gateway.drain()

    async def _finish(self) -> None:
        # The handlers first, as they keep their places by writing.
        await self._followers.stop()
        await self.features.stop()
        # At once, and not with the end of the database: another node waits for them.
        await self.database.leases.end()
        await self.database.finish_writing()

    def _leave(self) -> None:
        """Drain now. A host's server tells connections first that it stops, and the lifespan only when they are closed."""
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._gateway.drain() if self._is_draining else self.drain())

    # For the host app's own code

    async def post(self, room: str, text: str, *, by: User | Identity | str, key: str | None = None) -> Posted:
        """Post a message from the host's code, by somebody as `user` takes them, to a room by its id or public name.

        `key` makes a retry harmless; without one each call makes a message of its own. Raises `NotFound` for a room that
        is not for their eyes, `Forbidden` where they may not post or when they were deactivated, `Invalid` or `TooLarge`.
        """
        user = await self.user(by)
        if not user.is_active:
            raise Forbidden(f"{user.name} was deactivated, and posts no more.")
        return await self.messages.post_message(user, await self.room_id(room), key=key or new_id(), text=text)

    async def room_id(self, room: str) -> str:
        """The id of a room given by its id or, for a public room, by its name. Raises `NotFound`."""
        return await self.rooms.id_of(room)

    async def user(self, who: User | Identity | str) -> User:
        """The chat's user for somebody: an identity of the host, the host's id for them, or a user's id or name here.

        An identity that was never here becomes a user. Raises `NotFound` for an id or name that nobody has.
        """
        if isinstance(who, Identity):
            return await (self._host.user_of(checked_identity(who)) if self._host else self.accounts.follow(who, presentable(who)))
        user = await self._find(who.id if isinstance(who, User) else who)
        if user is None:
            raise NotFound(f"There is no user {who!r}, neither by id, by the host's id nor by name.")
        return user

    async def recheck(self, who: User | Identity | str) -> None:
        """Ask the host app now whether somebody is still allowed; their sessions are closed with 4403 when not.

        `who` as for `user`; somebody who was never here has no sessions.
        """
        found = await self._find(who.id if isinstance(who, User | Identity) else who)
        if found:
            await self._account_news.recheck(found.id)

    async def _find(self, who: str) -> User | None:
        # The host's ids before names, because people choose their names.
        known = await self.database.read(lambda connection: user_by_external_id(connection, who))
        return known or await self.accounts.user_by_id(who) or await self.accounts.user_by_name(who)

    def _announce(self, events: list[Any]) -> None:
        (self._neighbours or self.hub).announce(events)
        self._followers.wake()
        self.features.wake()

    def _furnish(self, transaction: Transaction) -> str:
        self.rooms.make_lobby(transaction)
        return epoch_of(transaction)

    def _build_accounts(self) -> Accounts:
        return Accounts(
            self.database,
            self.settings,
            clock=self._clock,
            on_user_created=self.rooms.welcome_user,
            on_credentials_ended=self._end_sessions,
            on_user_changed=self._user_changed,
            on_user_renamed=lambda user: self._account_news.user_renamed(user),
            check_may_invite=self.rooms.check_may_invite,
            join_room=self.rooms.join_by_invite,
        )

    def _build_gateway(self) -> Gateway:
        settings = self.settings
        commands: dict[type[Command], Callable[[Session, Any], None]] = {
            Send: MessageCommands(self.database, self.messages, self._pace, self._clock).send,
            ReadUpTo: self._room_commands.read,
        }
        doors = Doors(
            identify=self._host.identify if self._host else self._identify,
            identify_by_token=self._host.identify_by_token if self._host else self._identify_by_token,
            load_rooms=self.rooms.welcome,
            epoch=lambda: self._epoch,
            commands=commands,
            leave=self._leave,
        )
        limits = Limits(settings.text_limit, settings.frame_limit, settings.replay_limit, settings.hello_seconds, settings.file_limit)
        return Gateway(self.hub, doors, limits, server=f"hubbub/{VERSION}")

    async def _identify_by_token(self, _connection: Any, token: str) -> Identified:
        return Identified(*(await self.accounts.authenticate_token(token) or ()))

    def _build_neighbours(self, bus: Bus | None) -> Neighbours | None:
        """The other nodes, where there can be some."""
        if bus is None and self.settings.bus is not None:
            bus = bus_at(self.settings.bus)
        if bus is None and not self.database.is_shared:
            return None
        neighbours = Neighbours(
            new_id(),
            self.hub,
            bus,
            RunningLoop(),
            ask=Standing(self.database).ask,
            ended=self._account_news.end_here,
            changed=self._account_news.change_here,
            account_news=self._account_news.take,
            wake=self._followers.wake,
        )
        self.hub.elsewhere = neighbours
        self._account_news.tell_everybody = neighbours.tell_everybody
        return neighbours

    def _end_sessions(self, user_id: str, credential_id: str | None, code: CloseCode) -> None:
        self._account_news.credentials_ended(user_id, credential_id, code)
        self.features.notifications.telling.logins_ended()

    def _user_changed(self, user: User) -> None:
        self._account_news.user_changed(user)

    async def _serve(self, websocket: WebSocket) -> None:
        await self._gateway.serve(websocket)

    async def _show_metrics(self) -> Response:
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)

    @cached_property
    def _metrics(self) -> Metrics:
        return metrics_of(VERSION, self.hub, self.database, is_draining=lambda: self._is_draining)

    async def _health(self) -> JSONResponse:
        if self._is_draining:
            return JSONResponse({"status": "draining"}, 503)
        if not self.database.is_healthy:
            return JSONResponse({"status": "the database does not take writes"}, 503)
        return JSONResponse({"status": "ok"})
