"""Being told while no page shows it: by pushes and by letters, from the settings all the way back to the message."""

import asyncio
import json
import re

import pytest
from playwright.async_api import expect
from wall_clock import WallClock

from hubbub.testing import stage_in
from mail_server import mail_server, text_of
from push_service import push_service

pytestmark = pytest.mark.anyio

# No push service can be reached from a test: the browser is given a subscription at one of our own.
SUBSCRIPTION = """
(subscription) => {
  let kept = null;
  const unsubscribe = async () => { kept = null; return true; };
  const made = { ...subscription, options: { applicationServerKey: null }, toJSON: () => subscription, unsubscribe };
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    made.options.applicationServerKey = applicationServerKey.buffer;
    return (kept = made);
  };
  PushManager.prototype.getSubscription = async () => kept;
}
"""
SHOWN = """
async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration.getNotifications()).map(({ title, body }) => [title, body]);
}
"""
CLICK = """
async () => {
  const [notification] = await registration.getNotifications();
  try {
    dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  } catch { /* it cannot wait for an event that nobody made */ }
}
"""


@pytest.fixture
async def stage(tmp_path, monkeypatch):
    """A chat that reaches a push service and a mail server of our own, and does not wait for anybody to look first."""
    monkeypatch.setattr("hubbub.notifications.deciding.PUSH_AFTER", 0)
    async with (
        push_service(tmp_path) as (service, trusting),
        mail_server() as mail,
        stage_in(
            tmp_path / "chat", clock=WallClock(), outgoing_networks=["127.0.0.0/8"], smtp_url=mail.url, public_url="https://den.example"
        ) as stage,
    ):
        stage.chat.features.outgoing._given_ssl_context = trusting
        stage.push, stage.mail = service, mail
        await stage.has("margaret", role="owner")
        yield stage


async def is_delivered(visitor, push):
    """What the push service would hand to the browser, handed to it."""
    devtools = await visitor.page.context.new_cdp_session(visitor.page)
    known = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    await devtools.send("ServiceWorker.enable")
    origin = await visitor.evaluates("location.origin")
    async with asyncio.timeout(30):
        while not known:
            await asyncio.sleep(0.05)
    await devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": known[0]["registrationId"], "data": json.dumps(push)},
    )


async def shows(visitor, *notifications):
    """Wait until the system shows exactly these."""
    async with asyncio.timeout(30):
        while await visitor.evaluates(SHOWN) != list(notifications):
            await asyncio.sleep(0.05)


async def test_a_push_is_shown_and_leads_to_its_message(stage, enters):
    margaret, actor = await stage.enters("margaret"), await stage.enters("ada", by_password=True)
    kitchen = await margaret.makes_room("kitchen", actor)
    ada = await enters("ada", permissions=["notifications"], service_workers="allow")
    browser = stage.push.browser("ada")
    await ada.page.add_init_script(f"({SUBSCRIPTION})({json.dumps(browser.subscription())})")
    await ada.page.reload()
    await ada.is_at("lobby")
    await ada.evaluates("navigator.serviceWorker.ready.then(() => true)")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_label("also while the chat is closed").click()
    await expect(ada.page.get_by_label("also while the chat is closed")).to_be_checked()
    await ada.page.get_by_label("Say who wrote what").click()
    await ada.page.get_by_label("Words of your own").fill("Tea,  swordfish")
    await ada.page.get_by_label("Words of your own").blur()
    await ada.sees("Kept.")
    await ada.page.keyboard.press("Escape")

    seq = await margaret.posts("is there any tea?", room="kitchen")
    await browser.is_told()
    push = {"room": kitchen, "seq": seq, "title": "margaret · kitchen", "body": "is there any tea?"}
    assert browser.pushes == [push]
    await is_delivered(ada, push)
    await shows(ada, ["margaret · kitchen", "is there any tea?"])

    [worker] = ada.page.context.service_workers
    await worker.evaluate(CLICK)
    await ada.is_at("kitchen")
    await expect(ada.page.locator("mark.own-word")).to_have_text("tea")
    await shows(ada)

    await is_delivered(ada, push | {"body": "again"})
    await is_delivered(ada, {"room": stage.id_of("lobby"), "seq": 1})
    await shows(ada, ["New message", ""])  # and nothing of the room that she looks at

    await ada.page.keyboard.press("Escape")
    await ada.signs_out()
    await expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert (
        await stage.chat.database.read(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM push_subscriptions").scalar())
        == 0
    )


async def test_letters_are_asked_for_and_ended_on_the_page(stage, enters, visit):
    margaret, ada = await stage.enters("margaret"), await enters("ada")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.page.get_by_label("E-mail for what you missed").fill("ada@example.org")
    await ada.page.get_by_role("button", name="Send me a link").click()
    await ada.sees("Follow the link in the letter to")
    elsewhere = await visit(link_in(stage.mail.letters[0], stage))
    await elsewhere.page.get_by_role("button", name="Yes, write to me").click()
    await elsewhere.sees("Thank you")

    await ada.page.keyboard.press("Escape")
    await ada.page.get_by_role("button", name="Your account").click()
    await ada.sees("Letters go to")
    await ada.page.get_by_label("when it is unread for").select_option("an hour")
    await expect(ada.page.get_by_label("Write to me about what I missed")).to_be_checked()
    await ada.page.close()
    await margaret.posts("@ada look at this")
    await stage.chat.features.notifications.telling.catch_up()
    stage.clock.passes(minutes=61)
    await stage.chat.features.notifications.telling.catch_up()
    [_, letter] = stage.mail.letters
    assert "margaret: @ada look at this" in text_of(letter)

    stopping = await visit(link_in(letter, stage))
    await stopping.page.get_by_role("button", name="Write no more").click()
    await stopping.sees("You can have them again, in your account.")


def link_in(letter, stage):
    """The link to confirm or to stop, as it is on this machine."""
    [link] = re.findall(r"https://den\.example(/#/email/\S+)", text_of(letter))
    return stage.serving.origin + link
