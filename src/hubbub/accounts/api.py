"""The account routes: a chat's first minute, signing in and out, oneself, other people, invites and tokens."""

from fastapi import APIRouter, Depends, Request, Response

from hubbub.accounts import bodies
from hubbub.accounts.actions import Accounts
from hubbub.accounts.identity import (
    Identify,
    SignedIn,
    Somebody,
    clear_login_cookie,
    refuse_foreign_pages,
    set_login_cookie,
    signed_in,
)
from hubbub.accounts.model import NewLogin
from hubbub.errors import Forbidden, Invalid
from hubbub.problems import ProblemRoute
from hubbub.protocol.events import Person
from hubbub.settings import Settings


def accounts_router(accounts: Accounts, settings: Settings, identify: Identify) -> APIRouter:
    """All routes of accounts, to be included under `{prefix}/api`."""
    router = APIRouter(route_class=ProblemRoute, tags=["accounts"])
    _add_setup(router, accounts, settings)
    _add_session(router, accounts, settings, identify)
    _add_sessions(router, accounts, identify)
    _add_me(router, accounts, signed_in(identify))
    _add_password(router, accounts, identify)
    _add_invites(router, accounts, identify)
    _add_invitation(router, accounts, settings, identify)
    _add_tokens(router, accounts, identify)
    return router


def host_accounts_router(accounts: Accounts, somebody: Somebody) -> APIRouter:
    """The routes of accounts in a mounted chat, where signing in and out is the host app's own business."""
    router = APIRouter(route_class=ProblemRoute, tags=["accounts"])
    _add_me(router, accounts, somebody, is_hosted=True)
    return router


def _add_setup(router: APIRouter, accounts: Accounts, settings: Settings) -> None:
    @router.post("/setup", status_code=201, operation_id="set_up_owner", summary="Become the owner, by the one-time link")
    async def set_up_owner(body: bodies.SetupBody, request: Request, response: Response) -> bodies.Entered:
        refuse_foreign_pages(request, settings)
        opened = await accounts.set_up_owner(body.token, body.name, body.password, address=_address(request), client=_client(request))
        return _enter(opened, request, response)


def _add_session(router: APIRouter, accounts: Accounts, settings: Settings, identify: Identify) -> None:
    somebody = Depends(signed_in(identify))

    @router.post("/session", status_code=201, operation_id="sign_in", summary="Sign in")
    async def sign_in(body: bodies.Credentials, request: Request, response: Response) -> bodies.Entered:
        refuse_foreign_pages(request, settings)
        opened = await accounts.sign_in(body.name, body.password, address=_address(request), client=_client(request))
        return _enter(opened, request, response)

    @router.post("/reset", status_code=201, operation_id="reset_password", summary="Set a new password, by a one-time link")
    async def reset_password(body: bodies.NewPassword, request: Request, response: Response) -> bodies.Entered:
        refuse_foreign_pages(request, settings)
        opened = await accounts.reset_password(body.token, body.password, address=_address(request), client=_client(request))
        return _enter(opened, request, response)

    @router.delete("/session", status_code=204, operation_id="sign_out", summary="Sign out here")
    async def sign_out(request: Request, response: Response, me: SignedIn = somebody) -> None:
        await accounts.sign_out(me.user, me.credential)
        clear_login_cookie(response, request)


def _add_sessions(router: APIRouter, accounts: Accounts, identify: Identify) -> None:
    somebody = Depends(signed_in(identify))

    @router.get("/sessions", operation_id="list_sessions", summary="Where I am signed in")
    async def list_sessions(me: SignedIn = somebody) -> bodies.LoginList:
        logins = await accounts.logins_of(me.user)
        return bodies.LoginList(items=[bodies.login_answer(login, me.credential.id) for login in logins])

    @router.delete("/sessions", status_code=204, operation_id="sign_out_everywhere", summary="Sign out everywhere, here too")
    async def sign_out_everywhere(request: Request, response: Response, me: SignedIn = somebody) -> None:
        await accounts.sign_out_everywhere(me.user)
        clear_login_cookie(response, request)

    @router.delete("/sessions/{id}", status_code=204, operation_id="end_session", summary="Sign out one of my devices")
    async def end_session(id: str, me: SignedIn = somebody) -> None:
        await accounts.end_login(me.user, id)


def _add_me(router: APIRouter, accounts: Accounts, signed_in: Somebody, *, is_hosted: bool = False) -> None:
    somebody = Depends(signed_in)

    @router.get("/me", operation_id="get_me", summary="Who I am")
    async def get_me(me: SignedIn = somebody) -> bodies.MeAnswer:
        return bodies.MeAnswer(**me.user.as_json(), preferences=await accounts.preferences_of(me.user))

    @router.patch("/me", operation_id="change_me", summary="Change my name, avatar or preferences")
    async def change_me(body: bodies.MeChanges, me: SignedIn = somebody) -> bodies.MeAnswer:
        avatar = (body.avatar or "") if "avatar" in body.model_fields_set else None
        for field, wanted, now in (("name", body.name, me.user.name), ("avatar", avatar, me.user.avatar or "")):
            if is_hosted and wanted not in (None, now):
                raise Forbidden(f"Your {field} comes from the site that this chat is part of. Change it there.", field=field)
        user = await accounts.change_me(me.user, name=body.name, avatar=avatar, preferences=body.preferences)
        return bodies.MeAnswer(**user.as_json(), preferences=await accounts.preferences_of(user))

    @router.get("/users", operation_id="find_users", summary="Find people by name")
    async def find_users(q: str = "", me: SignedIn = somebody) -> bodies.PersonList:
        found = await accounts.find_users(me.user, q[: bodies.LONGEST])
        return bodies.PersonList(items=[Person(**user.person()) for user in found])


def _add_password(router: APIRouter, accounts: Accounts, identify: Identify) -> None:
    somebody = Depends(signed_in(identify))

    @router.post("/me/password", status_code=204, operation_id="change_password", summary="Change my password; other logins end")
    async def change_password(body: bodies.PasswordChange, request: Request, me: SignedIn = somebody) -> None:
        await accounts.change_password(me.user, me.credential, body.old, body.new, address=_address(request))


def _add_invites(router: APIRouter, accounts: Accounts, identify: Identify) -> None:
    somebody = Depends(signed_in(identify))

    @router.post("/invites", status_code=201, operation_id="create_invite", summary="Make an invite link")
    async def create_invite(body: bodies.InviteBody, me: SignedIn = somebody) -> bodies.NewInviteAnswer:
        made = await accounts.create_invite(me.user, uses=body.uses, days=body.days, room_id=body.room)
        return bodies.new_invite_answer(made)

    @router.get("/invites", operation_id="list_invites", summary="Invites that are open")
    async def list_invites(me: SignedIn = somebody) -> bodies.InviteList:
        return bodies.InviteList(items=[bodies.invite_answer(invite) for invite in await accounts.invites_seen_by(me.user)])

    @router.delete("/invites/{id}", status_code=204, operation_id="revoke_invite", summary="Take an invite back")
    async def revoke_invite(id: str, me: SignedIn = somebody) -> None:
        await accounts.revoke_invite(me.user, id)


def _add_invitation(router: APIRouter, accounts: Accounts, settings: Settings, identify: Identify) -> None:
    @router.get("/invites/{code}", operation_id="look_up_invite", summary="Who invites, and where to")
    async def look_up_invite(code: str, request: Request) -> bodies.Invitation:
        invite = await accounts.look_up_invite(code, address=_address(request))
        return bodies.Invitation(inviter=invite.inviter_name, room=invite.room_name)

    @router.post("/invites/{code}/accept", status_code=201, operation_id="accept_invite", summary="Join by an invite")
    async def accept_invite(code: str, request: Request, response: Response, body: bodies.AcceptBody | None = None) -> bodies.Entered:
        refuse_foreign_pages(request, settings)
        if body is None or (body.name is None and body.password is None):
            me = (await identify(request)).required()
            await accounts.accept_invite_as(me.user, code, address=_address(request))
            response.status_code = 200
            return bodies.entered(me.user)
        if body.name is None or body.password is None:
            raise Invalid("A new account needs a name and a password.", field="password" if body.name else "name")
        opened = await accounts.accept_invite(code, body.name, body.password, address=_address(request), client=_client(request))
        return _enter(opened, request, response)


def _add_tokens(router: APIRouter, accounts: Accounts, identify: Identify) -> None:
    somebody = Depends(signed_in(identify))

    @router.post("/tokens", status_code=201, operation_id="create_token", summary="Make an API token, shown this once")
    async def create_token(body: bodies.TokenBody, me: SignedIn = somebody) -> bodies.NewTokenAnswer:
        return bodies.new_token_answer(await accounts.create_token(me.user, body.name))

    @router.get("/tokens", operation_id="list_tokens", summary="My API tokens")
    async def list_tokens(me: SignedIn = somebody) -> bodies.TokenList:
        return bodies.TokenList(items=[bodies.token_answer(token) for token in await accounts.tokens_of(me.user)])

    @router.delete("/tokens/{id}", status_code=204, operation_id="revoke_token", summary="Revoke an API token")
    async def revoke_token(id: str, me: SignedIn = somebody) -> None:
        await accounts.revoke_token(me.user, id)


def _enter(opened: NewLogin, request: Request, response: Response) -> bodies.Entered:
    set_login_cookie(response, request, opened.secret)
    return bodies.entered(opened.user)


def _address(request: Request) -> str | None:
    # Behind a trusted proxy the server has put the visitor's own address here already.
    return request.client.host if request.client else None


def _client(request: Request) -> str:
    return request.headers.get("user-agent", "")
