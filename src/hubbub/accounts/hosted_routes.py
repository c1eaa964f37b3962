"""The routes of a mounted chat that ask the host app who is there, and what becomes of its failing."""

import asyncio
import logging
from typing import Any

from fastapi import Request
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, APIRouter
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from hubbub.accounts.host_answers import meaning_of
from hubbub.errors import HubbubError, Unauthenticated, Unavailable
from hubbub.problems import SIGN_IN_THERE, problem

FOUND = "hubbub.found"
"""Where in the scope of a handshake the host's answer is put."""

_QUESTION = "hubbub.question"

log = logging.getLogger("hubbub.accounts")


class Question:
    """Whether the host is being asked within a request, and how long it may take."""

    is_open = False
    seconds = 0.0
    limit: asyncio.Timeout

    def begins(self, seconds: float) -> None:
        """From now on the host's code is at work; after `seconds` it is given up."""
        self.seconds, self.is_open = seconds, True
        self.limit.reschedule(asyncio.get_running_loop().time() + seconds)

    def ends(self) -> None:
        """What is raised now is ours again."""
        self.is_open = False
        self.limit.reschedule(None)


def question_of(connection: HTTPConnection) -> Question:
    """The question to the host that belongs to a request."""
    question: Question = connection.scope[_QUESTION]
    return question


class HostedRouter(APIRouter):
    """Answers in our format whatever the host's dependency does: raises, redirects, hangs.

    A fault of ours goes on to the host's handlers, as a fault of its own routes would.
    """

    def include_router(self, router: APIRouter, *arguments: Any, **options: Any) -> None:
        """As FastAPI does it; but the operations get their ids from the host app, so that two chats have different ones."""
        for route in router.routes:
            if isinstance(route, APIRoute):
                route.operation_id = None
        super().include_router(router, *arguments, **options)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The answer of the route that was found."""
        question = Question()
        replies = _Replies(send, question)
        # Without the host's handlers, so that its format is not put on our refusals.
        inner = {key: value for key, value in scope.items() if key != "starlette.exception_handlers"} | {_QUESTION: question}
        refusal: HubbubError | HTTPException | None = None
        try:
            async with asyncio.timeout(None) as question.limit:
                await super().handle(inner, receive, replies.send)
        except Exception as error:
            if replies.have_begun:
                raise
            refusal = await _refusal(Request(scope), error, question)
            if refusal is None:
                raise
        if replies.are_redirecting:
            refusal = Unauthenticated(SIGN_IN_THERE)
        if refusal is not None:
            await _answer(refusal)(scope, receive, send)


class HandshakeRoute(APIRoute):
    """Answers for the host when it is asked about a WebSocket; nobody else gets in."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The host's answer, or that this is no address for pages."""
        if FOUND in scope:
            await super().handle(scope, receive, send)
        else:
            detail = "This address is for WebSockets: connect with the subprotocol hubbub.v1."
            await problem(426, "invalid", detail, headers={"Upgrade": "websocket"})(scope, receive, send)


class _Replies:
    """Passes an answer on, unless it sends the client to the host's sign-in page: no program can sign in there."""

    def __init__(self, send: Send, question: Question) -> None:
        self._send = send
        self._question = question
        self.have_begun = False
        self.are_redirecting = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._question.is_open:
            self.are_redirecting = message["status"] < 400
        if not self.are_redirecting:
            self.have_begun = True
            await self._send(message)


async def _refusal(request: Request, error: Exception, question: Question) -> HubbubError | HTTPException | None:
    """What is raised as a refusal; None for a fault of ours."""
    if question.is_open and question.limit.expired():
        log.error("The host's current_user dependency took over %g seconds; the request was refused", question.seconds)
        return Unavailable("Who you are could not be found out in time. Try again.", retry_after=5)
    if isinstance(error, HubbubError | HTTPException):
        return error
    return await meaning_of(request, error) if question.is_open else None


def _answer(refusal: HubbubError | HTTPException) -> JSONResponse:
    if isinstance(refusal, HTTPException):
        headers: Any = refusal.headers
        return problem(refusal.status_code, "invalid", str(refusal.detail), headers=headers)
    return problem(refusal.status, refusal.code, refusal.message, retry_after=refusal.retry_after)
