"""The account routes, as browsers, programs and attackers use them."""

import json

import pytest

pytestmark = pytest.mark.anyio


async def signs_in(chat, browser, name="ada"):
    answer = await browser.post("session", json={"name": name, "password": chat.password})
    assert answer.status_code == 201, answer.text
    return answer


def is_problem(answer, status, code):
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    return body


async def test_the_first_minute_of_a_chat(chat):
    async with chat.browser() as browser:
        site = (await browser.get("site")).json()
        assert site["limits"] == {"text": 8000, "file": 100_000_000, "files": 10}
        assert site == {"name": "Hubbub", "limits": site["limits"], "setup": True, "version": "1.2.3", "previews": False, "sign_in": True}
        token = await chat.accounts.setup_token()
        answer = await browser.post("setup", json={"token": token, "name": "ada", "password": chat.password})
        assert answer.status_code == 201
        user = answer.json()["user"]
        assert user == {"id": user["id"], "name": "ada", "kind": "human", "role": "owner", "avatar": None}
        assert (await browser.get("me")).json() == {**user, "preferences": {}}
        assert (await browser.get("site")).json()["setup"] is False
        again = await browser.post("setup", json={"token": token, "name": "eve", "password": chat.password})
        is_problem(again, 403, "forbidden")


async def test_the_cookie_over_http(chat):
    await chat.has("ada")
    async with chat.browser() as browser:
        cookie = (await signs_in(chat, browser)).headers["set-cookie"]
        name, _, rest = cookie.partition("=")
        flags = {flag.strip().lower() for flag in rest.split(";")[1:]}
        assert name == "hubbub_login"
        assert flags == {"httponly", "samesite=lax", "path=/", f"max-age={400 * 86400}"}


async def test_the_cookie_over_https(chat):
    await chat.has("ada")
    async with chat.browser("https://chat.test") as browser:
        cookie = (await signs_in(chat, browser)).headers["set-cookie"]
        assert cookie.startswith("__Host-hubbub_login=")
        assert {"Secure", "HttpOnly", "Path=/"} <= {flag.strip() for flag in cookie.split(";")}
        assert "domain" not in cookie.lower()
        assert (await browser.get("me")).json()["name"] == "ada"
        gone = await browser.delete("session")
        assert gone.headers["set-cookie"].startswith('__Host-hubbub_login="";')
        assert "Secure" in gone.headers["set-cookie"]


async def test_signing_in_anew_gives_a_new_cookie_whatever_the_browser_came_with(chat):
    await chat.has("ada")
    async with chat.browser() as browser:
        browser.cookies.set("hubbub_login", "chosen-by-somebody-else", domain="chat.test")
        first = (await signs_in(chat, browser)).cookies["hubbub_login"]
        second = (await signs_in(chat, browser)).cookies["hubbub_login"]
        assert len({first, second, "chosen-by-somebody-else"}) == 3
    assert await chat.accounts.authenticate_login("chosen-by-somebody-else") is None


async def test_every_failure_to_sign_in_gets_the_same_answer(chat):
    await chat.has("ada")
    linus = await chat.has("linus")
    await chat.accounts.deactivate(linus.id)
    async with chat.browser() as browser:
        answers = [
            await browser.post("session", json={"name": name, "password": password})
            for name, password in (("ada", "wrong password"), ("nobody", chat.password), ("linus", chat.password), ("ada", "p" * 300))
        ]
    is_problem(answers[0], 401, "unauthenticated")
    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1
    assert "set-cookie" not in answers[0].headers


async def test_too_many_failures_are_told_when_to_come_back(chat, clock):
    await chat.has("ada")
    async with chat.browser() as browser:
        for _ in range(10):
            await browser.post("session", json={"name": "ada", "password": "wrong password"})
        refused = await browser.post("session", json={"name": "ada", "password": chat.password})
        assert is_problem(refused, 429, "rate_limited")["retry_after"] == 30
        assert refused.headers["retry-after"] == "30"
        clock.passes(seconds=30)
        await signs_in(chat, browser)


async def test_signing_out_takes_the_cookie_away_and_ends_the_login(chat):
    await chat.has("ada")
    async with chat.browser() as browser:
        secret = (await signs_in(chat, browser)).cookies["hubbub_login"]
        assert (await browser.delete("session")).status_code == 204
        assert "hubbub_login" not in browser.cookies
        is_problem(await browser.get("me"), 401, "unauthenticated")
        browser.cookies.set("hubbub_login", secret, domain="chat.test")
        is_problem(await browser.get("me"), 401, "unauthenticated")


async def test_devices_are_listed_and_ended(chat):
    await chat.has("ada")
    async with chat.browser(**{"user-agent": "Laptop"}) as laptop, chat.browser(**{"user-agent": "Phone"}) as phone:
        await signs_in(chat, laptop)
        await signs_in(chat, phone)
        listed = (await laptop.get("sessions")).json()
        assert listed["next"] is None
        assert {(item["client"], item["current"]) for item in listed["items"]} == {("Laptop", True), ("Phone", False)}
        assert all(item["created_at"].endswith("Z") for item in listed["items"])
        other = next(item for item in listed["items"] if not item["current"])
        assert (await laptop.delete(f"sessions/{other['id']}")).status_code == 204
        is_problem(await phone.get("me"), 401, "unauthenticated")
        is_problem(await laptop.delete(f"sessions/{other['id']}"), 404, "not_found")
        assert (await laptop.delete("sessions")).status_code == 204
        is_problem(await laptop.get("me"), 401, "unauthenticated")


async def test_a_foreign_page_can_neither_use_a_login_nor_open_one(chat):
    await chat.has("ada", role="owner")
    invite = await chat.accounts.create_invite(await chat.accounts.user_by_name("ada"))
    body = {"name": "eve", "password": chat.password}
    async with chat.browser() as browser:
        await signs_in(chat, browser)
        for origin in ("http://evil.test", "null", "http://chat.test.evil.test"):
            browser.headers["origin"] = origin
            for method, path in (("DELETE", "session"), ("DELETE", "sessions"), ("PATCH", "me"), ("POST", "tokens"), ("POST", "invites")):
                is_problem(await browser.request(method, path, json={"name": "eve"}), 403, "forbidden")
            is_problem(await browser.post("session", json={"name": "ada", "password": chat.password}), 403, "forbidden")
            is_problem(await browser.post(f"invites/{invite.code}/accept", json=body), 403, "forbidden")
            is_problem(await browser.post(f"invites/{invite.code}/accept"), 403, "forbidden")
        browser.headers["origin"] = "http://chat.test"
        assert (await browser.get("me")).json()["name"] == "ada"


async def test_a_login_without_an_origin_reads_but_changes_nothing(chat):
    await chat.has("ada")
    async with chat.browser() as browser:
        await signs_in(chat, browser)
        del browser.headers["origin"]
        assert (await browser.get("me")).status_code == 200
        is_problem(await browser.patch("me", json={"name": "eve"}), 403, "forbidden")
        assert (await browser.patch("me", json={"name": "Ada"}, headers={"sec-fetch-site": "same-origin"})).status_code == 200


async def test_a_program_makes_uses_and_revokes_tokens(chat):
    ada = await chat.has("ada")
    first = await chat.accounts.create_token(ada, "first")
    async with chat.program(first.secret) as program:
        made = await program.post("tokens", json={"name": "second"})
        assert made.status_code == 201
        body = made.json()
        assert set(body) == {"id", "name", "token", "created_at"}
        listed = (await program.get("tokens")).json()["items"]
        assert [item["name"] for item in listed] == ["second", "first"]
        assert "token" not in listed[0]
        assert (await program.delete(f"tokens/{first.token.id}")).status_code == 204
        is_problem(await program.get("me"), 401, "unauthenticated")
    async with chat.program(body["token"]) as program:
        assert (await program.get("me")).json()["name"] == "ada"
        is_problem(await program.delete("session"), 409, "conflict")


async def test_an_invite_from_beginning_to_end(chat):
    ada = await chat.has("ada")
    await chat.has_room("r" * 16, "kitchen", ada)
    async with chat.program((await chat.accounts.create_token(ada, "bot")).secret) as program:
        made = (await program.post("invites", json={"uses": 1, "room": "r" * 16})).json()
        assert made["path"] == f"#/invite/{made['code']}"
        assert made["expires_at"].startswith("2027-01-22T")
        listed = (await program.get("invites")).json()["items"]
        assert [(item["id"], item["by"], item["room"], item["uses_left"]) for item in listed] == [(made["id"], "ada", "kitchen", 1)]
        assert made["code"] not in json.dumps(listed)
    async with chat.browser() as browser:
        assert (await browser.get(f"invites/{made['code']}")).json() == {"inviter": "ada", "room": "kitchen"}
        answer = await browser.post(f"invites/{made['code']}/accept", json={"name": "grace", "password": chat.password})
        assert answer.status_code == 201
        assert (await browser.get("me")).json()["id"] == answer.json()["user"]["id"]
        used_up = await browser.get(f"invites/{made['code']}")
        assert used_up.content == (await browser.get("invites/never-was")).content
        is_problem(used_up, 404, "not_found")


async def test_an_empty_body_accepts_as_who_one_is(chat):
    ada, grace = await chat.has("ada"), await chat.has("grace")
    await chat.has_room("r" * 16, "kitchen")
    code = (await chat.accounts.create_invite(ada, room_id="r" * 16)).code
    async with chat.browser() as browser:
        is_problem(await browser.post(f"invites/{code}/accept"), 401, "unauthenticated")
        assert (
            is_problem(await browser.post(f"invites/{code}/accept", json={"name": "x"}), 422, "invalid")["errors"][0]["field"] == "password"
        )
        await signs_in(chat, browser, "grace")
        for body in ({}, {"json": {}}):
            answer = await browser.post(f"invites/{code}/accept", **body)
            assert (answer.status_code, answer.json()["user"]["id"]) == (200, grace.id)
    assert await chat.members_of("r" * 16) == {grace.id}


async def test_changing_oneself(chat):
    ada = await chat.has("ada")
    await chat.has("grace")
    async with chat.browser() as browser:
        await signs_in(chat, browser)
        changed = await browser.patch("me", json={"name": "Countess", "preferences": {"theme": "dark"}})
        assert changed.json() == {**ada.as_json(), "name": "Countess", "preferences": {"theme": "dark"}}
        assert (await browser.get("me")).json() == changed.json()
        assert is_problem(await browser.patch("me", json={"name": "Grace"}), 409, "conflict")["errors"][0]["field"] == "name"
        is_problem(await browser.patch("me", json={"preferences": {"x": "y" * 9000}}), 413, "too_large")
        deep = {}
        for _ in range(300):
            deep = {"deeper": deep}
        is_problem(await browser.patch("me", json={"preferences": {"x": deep}}), 422, "invalid")
        assert (await browser.get("me")).json() == changed.json()
        nan = await browser.patch("me", content='{"preferences": {"x": NaN}}', headers={"content-type": "application/json"})
        is_problem(nan, 422, "invalid")


async def test_changing_the_password_keeps_this_login_only(chat):
    await chat.has("ada")
    async with chat.browser() as here, chat.browser() as there:
        await signs_in(chat, here)
        await signs_in(chat, there)
        is_problem(await here.post("me/password", json={"old": "wrong password", "new": "another password"}), 403, "forbidden")
        assert (await here.post("me/password", json={"old": chat.password, "new": "another password"})).status_code == 204
        assert (await here.get("me")).status_code == 200
        is_problem(await there.get("me"), 401, "unauthenticated")


async def test_people_are_found_by_name_but_not_by_guests(chat):
    ada, visitor = await chat.has("ada"), await chat.has("visitor", role="guest")
    async with chat.program((await chat.accounts.create_token(ada, "bot")).secret) as program:
        assert (await program.get("users", params={"q": "AD"})).json() == {"items": [ada.person()], "next": None}
    async with chat.program((await chat.accounts.create_token(visitor, "bot")).secret) as program:
        is_problem(await program.get("users"), 403, "forbidden")


async def test_fields_that_nobody_asked_for_do_nothing(chat):
    ada = await chat.has("ada")
    extra = {"role": "owner", "id": "x" * 16, "kind": "bot", "is_admin": True, "deactivated_at": None, "created_by": "x"}
    code = (await chat.accounts.create_invite(ada)).code
    async with chat.browser() as browser:
        accepted = await browser.post(f"invites/{code}/accept", json={"name": "grace", "password": chat.password, **extra})
        assert (accepted.json()["user"]["role"], accepted.json()["user"]["kind"]) == ("member", "human")
        changed = await browser.patch("me", json=extra)
        assert changed.json() == {**accepted.json()["user"], "preferences": {}}
        token = await browser.post("tokens", json={"name": "mine", "user_id": ada.id, "token": "hub_chosen", **extra})
        assert token.json()["id"] != extra["id"]
        assert await chat.accounts.authenticate_token("hub_chosen") is None


WRONG_BODIES = [
    None,
    [],
    "text",
    {},
    {"name": 1, "password": 2},
    {"name": None, "password": None},
    {"name": ["ada"], "password": {"$ne": ""}},
    {"name": "ada\ud800", "password": "x" * 20},
    {"name": "x" * 1025, "password": "x" * 20},
]


@pytest.mark.parametrize("body", WRONG_BODIES, ids=str)
@pytest.mark.parametrize("path", ["session", "setup"])
async def test_what_is_no_name_and_password_is_invalid(chat, path, body):
    async with chat.browser() as browser:
        answer = await browser.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
        assert is_problem(answer, 422, "invalid")["errors"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000], ids=["empty", "half", "no UTF-8", "deep"])
async def test_what_is_no_json_is_refused_and_the_server_lives(chat, content):
    async with chat.browser() as browser:
        answer = await browser.post("session", content=content, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_form_cannot_sign_anybody_in(chat):
    await chat.has("ada")
    async with chat.browser() as browser:
        content = json.dumps({"name": "ada", "password": chat.password})
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            is_problem(await browser.post("session", content=content, headers={"content-type": kind}), 422, "invalid")


async def test_a_password_of_a_megabyte_is_refused_unread_and_unrepeated(chat):
    await chat.has("ada")
    chat.passwords.close()  # from here on any hashing is Unavailable
    async with chat.browser() as browser:
        for path in ("session", "setup"):
            answer = await browser.post(path, json={"token": "x", "name": "ada", "password": "p" * 1_000_000})
            is_problem(answer, 413, "too_large")
        answer = await browser.post("session", json={"name": "ada", "password": "secret" * 1000})
        is_problem(answer, 422, "invalid")
        assert "secret" not in answer.text


async def test_without_signing_in_there_is_nothing_but_the_door(chat):
    async with chat.program() as program:
        routes = [
            ("GET", "me"),
            ("PATCH", "me"),
            ("POST", "me/password"),
            ("DELETE", "session"),
            ("GET", "sessions"),
            ("DELETE", "sessions"),
            ("DELETE", "sessions/x"),
            ("POST", "invites"),
            ("GET", "invites"),
            ("DELETE", "invites/x"),
            ("POST", "tokens"),
            ("GET", "tokens"),
            ("DELETE", "tokens/x"),
            ("GET", "users"),
        ]
        for method, path in routes:
            answer = await program.request(method, path)
            is_problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_every_route_is_described(chat):
    description = chat.app().openapi()
    operations = {(method, path): operation for path, methods in description["paths"].items() for method, operation in methods.items()}
    assert len(operations) == 21
    assert len({operation["operationId"] for operation in operations.values()}) == 21
    assert all(operation["tags"] in (["accounts"], ["site"]) and operation["summary"] for operation in operations.values())
    is_open = {path.removeprefix("/api") for (_, path), operation in operations.items() if "security" not in operation}
    assert is_open == {"/site", "/setup", "/session", "/reset", "/invites/{code}", "/invites/{code}/accept"}


async def test_an_avatar_is_an_address_that_a_page_may_load(chat):
    await chat.has("ada")
    async with chat.browser() as browser:
        await signs_in(chat, browser)
        for address in ("https://example.org/ada.png", "/pictures/ada.png"):
            assert (await browser.patch("me", json={"avatar": address})).json()["avatar"] == address
        for wrong in ("javascript:alert(1)", "//example.org/ada.png", "ada.png", "https://example.org/a b", "https://" + "a" * 2000):
            assert is_problem(await browser.patch("me", json={"avatar": wrong}), 422, "invalid")["errors"][0]["field"] == "avatar"
        assert (await browser.patch("me", json={"name": "Ada"})).json()["avatar"] == "/pictures/ada.png"
        assert (await browser.patch("me", json={"avatar": None})).json()["avatar"] is None
