"""E-mail about what was missed, to a real mail server: to whom, when, and how one has no more of it."""

import re

import pytest
from aiosmtpd.smtp import AuthResult

from hubbub.errors import StartupError
from hubbub.mailing import Letter, Mailer, Undelivered
from hubbub.mailing.letter import is_address
from hubbub.notifications.letters import store
from hubbub.testing import refused
from mail_server import html_of, mail_server, text_of
from push_service import made_certificate

pytestmark = pytest.mark.anyio

ADA = "ada@example.org"


async def passes(office, minutes=0):
    """Let time pass, and everything be written that is due."""
    await office.chat.features.notifications.telling.catch_up()
    office.clock.passes(minutes=minutes)
    await office.chat.features.notifications.telling.catch_up()


async def has_letters(office, actor, address=ADA):
    """Somebody wants letters, and has followed the link of the first one."""
    await actor.person.asks("PUT", "me/email", json={"address": address})
    [*_, first] = office.mail.to(address)
    await actor.person.asks("POST", "email/confirm", json={"code": code_in(first)})


def code_in(letter):
    [code] = set(re.findall(r"https://den\.example/chat/#/email/(?:confirm|stop)/(\S+)", text_of(letter)))
    return code


async def chooses(actor, **wishes):
    await actor.person.asks("PATCH", "me", json={"preferences": {"notifications": wishes}})


async def test_an_address_counts_once_its_link_was_followed(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    await ada.person.asks("PUT", "me/email", json={"address": f" {ADA} "})
    assert await ada.person.asks("GET", "me/email") == {"available": True, "address": ADA, "verified": False}
    await grace.posts("@ada hello")
    await passes(office, minutes=60)
    [letter] = office.mail.letters
    assert (letter["From"], letter["Subject"]) == ("The Den <no-reply@den.example>", "Shall The Den write to you?")
    assert f"https://den.example/chat/#/email/confirm/{code_in(letter)}" in html_of(letter)

    await ada.person.asks("POST", "email/confirm", json={"code": code_in(letter)})
    assert (await ada.person.asks("GET", "me/email"))["verified"] is True
    with refused("not_found"):
        await ada.person.asks("POST", "email/confirm", json={"code": code_in(letter)})


async def test_what_is_unread_for_half_an_hour_is_written_about_once(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    await has_letters(office, ada)
    await grace.posts("@ada <b>tea</b> & cake?")
    await grace.posts("nothing for her")
    direct = await grace.opens_direct(ada)
    seq = await grace.posts("a\n\nsecret", room=direct)
    await passes(office, minutes=29)
    assert len(office.mail.letters) == 1
    await passes(office, minutes=2)

    [_, letter] = office.mail.to(ADA)
    assert letter["Subject"] == "2 messages for you in The Den"
    assert "lobby\n  grace: @ada <b>tea</b> & cake?\n" in text_of(letter)
    assert f"Direct messages\n  grace: a secret\n  https://den.example/chat/#/room/{direct}/{seq}\n" in text_of(letter)
    assert "&lt;b&gt;tea&lt;/b&gt; &amp; cake?" in html_of(letter)
    await passes(office, minutes=600)
    assert len(office.mail.to(ADA)) == 2


async def test_there_is_at_most_one_letter_in_an_hour_and_none_in_quiet_hours(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    await has_letters(office, ada)
    await chooses(ada, email_minutes=5)
    await grace.posts("@ada one")
    await passes(office, minutes=6)
    await grace.posts("@ada two")
    await passes(office, minutes=50)
    assert len(office.mail.to(ADA)) == 2
    await chooses(ada, email_minutes=5, quiet={"from": "00:00", "to": "23:59"}, zone="UTC")
    await passes(office, minutes=30)
    assert len(office.mail.to(ADA)) == 2
    await chooses(ada, email_minutes=5)
    await passes(office, minutes=2)

    [_, one, two] = office.mail.to(ADA)
    assert ("@ada one" in text_of(one), "@ada two" in text_of(two)) == (True, True)
    assert "@ada one" not in text_of(two)


async def test_nothing_is_written_of_what_was_read_deleted_or_is_out_of_sight(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    kitchen = await grace.makes_room("kitchen", ada)
    attic = await grace.makes_room("attic", ada)
    await has_letters(office, ada)
    await grace.posts("@ada read")
    await ada.reads()
    await grace.deletes(await grace.posts("@ada deleted", room=kitchen), room=kitchen)
    await grace.posts("@ada out of sight", room=attic)
    await grace.removes(ada, from_=attic)
    await passes(office, minutes=600)

    assert len(office.mail.to(ADA)) == 1
    assert not await office.chat.database.read(store.is_anything_missed)


async def test_the_link_in_a_letter_ends_them_without_signing_in(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    await chooses(ada, sound=False)
    await has_letters(office, ada)
    await grace.posts("@ada one")
    await passes(office, minutes=31)
    [_, letter] = office.mail.to(ADA)
    one_click = letter["List-Unsubscribe"].strip("<>")
    assert one_click == f"https://den.example/chat/api/email/stop?code={code_in(letter)}"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    nobody = office.somebody("", "nobody", {})
    await nobody.asks("POST", one_click.removeprefix("https://den.example/chat/api/"), data={"List-Unsubscribe": "One-Click"})
    await nobody.close()
    await grace.posts("@ada two")
    await passes(office, minutes=600)
    assert len(office.mail.to(ADA)) == 2
    preferences = (await ada.person.asks("GET", "me"))["preferences"]
    assert preferences["notifications"] == {"sound": False, "email": False}
    with refused("not_found"):
        await ada.person.asks("POST", "email/stop", params={"code": "x"})


async def test_another_address_ends_the_one_before_and_none_ends_it_all(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    await has_letters(office, ada)
    await ada.person.asks("PUT", "me/email", json={"address": "other@example.org"})
    await grace.posts("@ada one")
    await passes(office, minutes=31)
    assert len(office.mail.letters) == 2, "There were two first letters, and no other"

    await ada.person.asks("DELETE", "me/email")
    assert await ada.person.asks("GET", "me/email") == {"available": True, "address": None, "verified": False}


async def test_what_the_mail_server_does_not_take_now_is_written_an_hour_later(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    await has_letters(office, ada)
    office.mail.answers[ADA] = "451 later"
    await grace.posts("@ada one")
    await passes(office, minutes=31)
    assert len(office.mail.to(ADA)) == 1
    del office.mail.answers[ADA]
    await passes(office, minutes=30)
    assert len(office.mail.to(ADA)) == 1
    await passes(office, minutes=31)
    assert len(office.mail.to(ADA)) == 2


async def test_what_it_never_takes_is_given_up(post_office):
    office = post_office
    ada, grace = await office.enters("ada"), await office.enters("grace")
    await has_letters(office, ada)
    office.mail.answers[ADA] = "550 no such person"
    await grace.posts("@ada one")
    await passes(office, minutes=31)
    assert not await office.chat.database.read(store.is_anything_missed)
    with refused("unavailable"):
        await ada.person.asks("PUT", "me/email", json={"address": ADA})


async def test_a_link_is_too_old_after_two_days(post_office):
    ada = await post_office.enters("ada")
    await ada.person.asks("PUT", "me/email", json={"address": ADA})
    post_office.clock.passes(days=2, seconds=1)
    with refused("not_found"):
        await ada.person.asks("POST", "email/confirm", json={"code": code_in(post_office.mail.letters[0])})


async def test_without_a_mail_server_there_are_no_letters(make_stage):
    stage = await make_stage(server="none")
    ada = await stage.enters("ada")
    assert await ada.person.asks("GET", "me/email") == {"available": False, "address": None, "verified": False}
    with refused("conflict"):
        await ada.person.asks("PUT", "me/email", json={"address": ADA})


async def test_nobody_fills_other_peoples_letter_boxes(make_stage, mail):
    stage = await make_stage(server="none", smtp_url=mail.url, public_url="https://den.example", rate_limits="on")
    ada = await stage.enters("ada")
    for n in range(5):
        await ada.person.asks("PUT", "me/email", json={"address": f"victim{n}@example.org"})
    with refused("rate_limited"):
        await ada.person.asks("PUT", "me/email", json={"address": ADA})
    assert len(mail.letters) == 5


WRONG = ["", "ada", "ada@", "@x.org", "ada@localhost", "a b@x.org", "ada@x.org\nBcc: b@x.org", "a..b@x.org", f"{'a' * 300}@x.org"]


@pytest.mark.parametrize("address", WRONG)
def test_what_is_no_address(address):
    assert not is_address(address)
    assert is_address("ada.lovelace+hubbub@mail.example.org")


async def test_links_need_the_public_address(make_stage):
    with pytest.raises(StartupError, match="HUBBUB_PUBLIC_URL"):
        await make_stage(server="none", smtp_url="smtp://localhost")


@pytest.mark.parametrize("url", ["http://localhost", "smtp://", "smtp://localhost:x", "localhost:25"])
def test_a_mail_server_is_an_address_of_its_kind(url):
    with pytest.raises(StartupError, match="HUBBUB_SMTP_URL"):
        Mailer(url, sender="chat@example.org", name="Den")


async def test_a_password_is_not_sent_where_nothing_is_encrypted(mail):
    letter = Letter(ADA, "Hello", "hello", "<p>hello</p>")
    mailer = Mailer(mail.url.replace("smtp://", "smtp://ada:secret@"), sender="chat@example.org", name="Den")
    with pytest.raises(Undelivered, match="no encryption"):
        await mailer.send(letter)
    assert mail.letters == []


async def test_where_the_server_encrypts_the_password_opens_the_door(tmp_path):
    certificate, trusting = made_certificate(tmp_path)
    asked = []

    def check(_server, _session, _envelope, _mechanism, login):
        asked.append((login.login, login.password))
        return AuthResult(success=True)

    async with mail_server(tls_context=certificate, authenticator=check, auth_required=True) as server:
        url = server.url.replace("smtp://", "smtp://ada:s%40cret@")
        mailer = Mailer(url, sender="chat@example.org", name="Den", ssl_context=trusting)
        await mailer.send(Letter(ADA, "Hello\nBcc: x@example.org", "hello", "<p>hello</p>"))
        [letter] = server.to(ADA)
    assert asked == [(b"ada", b"s@cret")]
    assert (letter["Subject"], letter["Bcc"]) == ("Hello Bcc: x@example.org", None)
