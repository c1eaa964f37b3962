"""The network goes, the server dies, the page is loaded anew: nothing is lost, nothing comes twice."""

import pytest
from hubbub_server import HubbubServer
from playwright.async_api import expect
from wire import Wire

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery"
NETWORK = r"net::ERR_|WebSocket connection to"


async def test_what_was_written_offline_is_sent_once_and_what_was_missed_comes_in_order(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada")
    ada.expects_trouble(NETWORK)
    await ada.says("before")
    await ada.reads("before")

    await ada.page.context.set_offline(True)
    await ada.says("written offline", "and one more")
    await expect(ada.pending).to_have_count(2)
    await expect(ada.trouble).to_contain_text("Connecting again… what you write is kept")
    await grace.posts_all(f"missed {n}" for n in range(5))

    await ada.page.context.set_offline(False)
    await ada.reads("before", *(f"missed {n}" for n in range(5)), "written offline", "and one more")
    await expect(ada.trouble).to_have_count(0)
    for text in ("before", "written offline", "and one more"):
        await grace.sees(text)


async def test_a_killed_server_comes_back_and_both_have_everything_once(tmp_path, visit):
    async with HubbubServer(tmp_path / "data") as server:
        ada = await visit(server.link)
        await ada.fills_in("Begin", name="ada", password=PASSWORD)
        await ada.is_at("lobby")
        grace = await visit(server.address, storage_state=await ada.page.context.storage_state())
        await grace.is_at("lobby")
        for visitor in (ada, grace):
            visitor.expects_trouble(NETWORK)
        await ada.says("before")
        await grace.reads("before")

        await server.is_killed()
        await ada.says("ada, meanwhile")
        await expect(ada.trouble).to_be_visible()
        await expect(ada.pending).to_have_count(1)
        await server.starts()
        await ada.reads("before", "ada, meanwhile")
        await grace.says("and after")
        for visitor in (ada, grace):
            await visitor.reads("before", "ada, meanwhile", "and after")
            await expect(visitor.trouble).to_have_count(0)


async def test_an_unsent_message_survives_a_reload_and_is_sent_exactly_once(stage, enters):
    ada = await enters("ada")
    ada.expects_trouble(NETWORK)
    wire = await Wire.of(ada)
    wire.holds_sends()
    await ada.says("do not lose me", "nor me")
    await expect(ada.pending).to_have_count(2)
    await ada.page.reload()
    await ada.is_at("lobby")
    await expect(ada.pending).to_have_count(2)
    # The first of them had reached the server before the reload, and only its answer was lost.
    await wire.lets_go()
    await ada.page.reload()
    await ada.is_at("lobby")
    await ada.reads("do not lose me", "nor me")

    person = await stage.has("ada")
    lobby = (await person.asks("GET", "rooms"))["items"][0]["id"]
    log = await person.asks("GET", f"rooms/{lobby}/events")
    assert [event["text"] for event in log["items"] if event["type"] == "message.created"] == ["do not lose me", "nor me"]


async def test_without_a_network_the_page_opens_shows_what_was_read_and_takes_what_is_written(stage, enters):
    grace = await stage.enters("grace")
    ada = await enters("ada", service_workers="allow")
    ada.expects_trouble(NETWORK)
    await grace.posts("read before")
    await ada.reads("read before")
    await ada.evaluates("navigator.serviceWorker.ready.then(() => null)")
    await ada.leaves_for_a_moment()

    await ada.page.context.set_offline(True)
    await ada.page.reload()
    await ada.is_at("lobby")
    await ada.sees("read before")
    await ada.says("written before the network came back")
    await expect(ada.pending).to_have_count(1)
    await expect(ada.trouble).to_contain_text("Connecting again… what you write is kept")
    await ada.page.reload()
    await expect(ada.pending).to_have_count(1)

    await grace.posts("meanwhile")
    await ada.page.context.set_offline(False)
    await ada.reads("read before", "meanwhile", "written before the network came back")
    await grace.sees("written before the network came back")


async def test_what_was_deleted_while_the_server_was_away_goes_when_it_is_back_also_after_a_reload(tmp_path, visit):
    async with HubbubServer(tmp_path / "data") as server:
        ada = await visit(server.link, service_workers="allow")
        await ada.fills_in("Begin", name="ada", password=PASSWORD)
        await ada.is_at("lobby")
        ada.expects_trouble(NETWORK)
        await ada.says("one", "two", "three")
        await ada.reads("one", "two", "three")
        await ada.evaluates("navigator.serviceWorker.ready.then(() => null)")
        await ada.leaves_for_a_moment()

        await server.is_killed()
        await ada.does("one", "Delete")
        await ada.does("two", "Delete")
        await ada.undo.last.click()
        await ada.page.reload()
        await ada.reads("Message deleted", "two", "three")
        await expect(ada.undo).to_have_count(0)
        await server.starts()
        await expect(ada.trouble).to_have_count(0)
        await ada.waits_for(NOTHING_LEFT_TO_DELETE)
        await ada.page.reload()
        await ada.reads("Message deleted", "two", "three")


NOTHING_LEFT_TO_DELETE = "() => !Object.keys(localStorage).some((name) => name.startsWith('hubbub/deletion/'))"


async def test_after_signing_out_nothing_that_was_read_is_left_in_the_browser(stage, enters):
    ada = await enters("ada")
    await ada.says("a secret")
    await ada.reads("a secret")
    await ada.leaves_for_a_moment()
    assert await ada.evaluates(KEPT) == 1
    await ada.signs_out()
    await ada.sees("Sign in")
    assert await ada.evaluates(KEPT) == 0


KEPT = """
() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("hubbub-snapshot");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const counting = opening.result.transaction("snapshots").objectStore("snapshots").count();
    counting.onsuccess = () => resolve(counting.result);
  };
})
"""


async def test_drafts_are_kept_for_each_room(stage, enters):
    margaret = await stage.enters("margaret")
    ada = await enters("ada")
    actor = await stage.enters("ada")
    await margaret.makes_room("kitchen", actor)
    await ada.composer.fill("for the lobby")
    await ada.goes_to("kitchen")
    await expect(ada.composer).to_have_value("")
    await ada.composer.fill("for the kitchen")
    await expect(ada.room("lobby").locator(".room-link-draft")).to_be_visible()

    await ada.page.reload()
    await ada.is_at("kitchen")
    await expect(ada.composer).to_have_value("for the kitchen")
    await ada.goes_to("lobby")
    await expect(ada.composer).to_have_value("for the lobby")
