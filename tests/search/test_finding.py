"""Finding messages: on both databases the same, only what one may read, and a moment after it was said."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hubbub.search import indexing
from hubbub.testing import refused

pytestmark = pytest.mark.anyio

AWKWARD = [
    *(
        '"',
        '""',
        '"a',
        "a*",
        "*",
        "^a",
        "a AND",
        "AND",
        "OR OR",
        "NOT",
        "NEAR(a b)",
        "(",
        "a)",
        "{words}: a",
        "words:a",
        "a:b",
        "-a",
        "+a",
        "a'b",
    ),
    *(
        "'",
        "\\",
        "a\\",
        "a & b",
        "a | !b",
        "a <-> b",
        "a:*",
        ":*",
        "%",
        "_",
        "\x00",
        "a\x00b",
        "\ud83d\ude00",
        "\u202e",
        "in:",
        "from:@",
        "has:",
        ";--",
        "?",
        ":x",
    ),
]


async def found(actor, words="", **params):
    """The texts of the messages that somebody finds, once everything is indexed."""
    await actor._stage.chat.features.search_index.catch_up()
    page = await actor.person.asks("GET", "search", params={"q": words, **params})
    return [message["text"] for message in page["items"]]


async def test_a_word_finds_every_message_with_it_the_newest_first(library):
    ada, grace = await library.enters("ada"), await library.enters("grace")
    await ada.posts("The tea is ready.")
    await grace.posts("Coffee, please")
    await grace.posts("TEA for me, too")

    assert await found(ada, "tea") == ["TEA for me, too", "The tea is ready."]
    assert await found(ada, "tea ready") == ["The tea is ready."]
    assert await found(ada, "cof") == ["Coffee, please"]
    assert await found(ada, "offee") == await found(ada, "water") == await found(ada, "") == await found(ada, "  ...") == []


async def test_phrases_accents_and_scripts_without_spaces_are_found(library):
    ada = await library.enters("ada")
    for said in (
        "a cup of tea",
        "tea of a cup",
        "Caf\u00e9 M\u00fcller, Stra\u00dfe 5",
        "\u6771\u4eac\u90fd\u306b\u4f4f\u3080",
        "\u4eac\u90fd",
        "\u041c\u043e\u0441\u043a\u0432\u0430",
    ):
        await ada.posts(said)

    assert await found(ada, '"cup of tea"') == ["a cup of tea"]
    assert await found(ada, '"cup of te"') == []
    assert await found(ada, "cafe muller strasse") == ["Caf\u00e9 M\u00fcller, Stra\u00dfe 5"]
    assert await found(ada, "\u6771\u4eac") == ["\u6771\u4eac\u90fd\u306b\u4f4f\u3080"]
    assert await found(ada, "\u4eac\u90fd") == ["\u4eac\u90fd", "\u6771\u4eac\u90fd\u306b\u4f4f\u3080"]
    assert await found(ada, "\u043c\u043e\u0441") == ["\u041c\u043e\u0441\u043a\u0432\u0430"]


async def test_operators_narrow_by_author_room_day_and_what_is_in_it(library):
    ada, grace = await library.enters("ada"), await library.enters("Grace Hopper")
    await ada.makes_room("Tea Kitchen", grace)
    first = datetime.fromtimestamp(library.clock.now, UTC).date()
    await ada.posts("tea one")
    library.clock.now += 86_400
    await grace.posts("tea two https://example.org/tea", room="Tea Kitchen")
    library.clock.now += 86_400
    await ada.posts("tea three", room="Tea Kitchen")

    assert await found(ada, "tea from:ada") == await found(ada, "tea from:me") == ["tea three", "tea one"]
    assert await found(ada, 'from:"grace hopper"') == ["tea two https://example.org/tea"]
    assert await found(ada, 'in:"tea kitchen" from:@ada') == ["tea three"]
    assert await found(ada, "has:link") == await found(ada, "has:links tea") == ["tea two https://example.org/tea"]
    assert await found(ada, "has:file") == []
    assert await found(ada, f"tea before:{first + timedelta(days=1)}") == ["tea one"]
    assert await found(ada, f"tea after:{first}") == ["tea three", "tea two https://example.org/tea"]
    assert await found(ada, "from:nobody tea") == await found(ada, "in:nowhere tea") == []
    assert await found(ada, "tea", room=library.id_of("lobby")) == ["tea one"]
    assert await found(ada, "tea", by=grace.person.id) == ["tea two https://example.org/tea"]
    assert await found(ada, "", by=grace.person.id) == ["tea two https://example.org/tea"]
    assert await found(ada, "tea", by="x\x00") == []


async def test_in_a_direct_room_by_the_name_of_the_other(library):
    ada, grace = await library.enters("ada"), await library.enters("grace")
    room = await ada.opens_direct(grace)
    await ada.posts("tea for two", room=room)
    await ada.posts("tea for all")
    assert await found(ada, "in:grace tea") == ["tea for two"]
    assert await found(grace, "in:ada tea") == ["tea for two"]


async def test_pages_follow_each_other_to_the_end(library):
    ada = await library.enters("ada")
    await ada.makes_room("kitchen")
    for n in range(7):
        await ada.posts(f"tea {n}", room=("lobby", "kitchen")[n % 2])
    await library.chat.features.search_index.catch_up()

    texts, cursor = [], {}
    while True:
        page = await ada.person.asks("GET", "search", params={"q": "tea", "limit": 3, **cursor})
        texts += [message["text"] for message in page["items"]]
        if page["next"] is None:
            break
        cursor = {"before": page["next"]}

    assert texts == [f"tea {n}" for n in reversed(range(7))]
    for bad in ("x", f"{library.id_of('lobby')}:", f"{library.id_of('lobby')}:999999", f"{library.id_of('lobby')}:-1", "1:1"):
        with refused("invalid"):
            await ada.person.asks("GET", "search", params={"q": "tea", "before": bad})


async def test_what_is_found_is_the_message_as_it_stands(library):
    ada = await library.enters("ada")
    seq = await ada.posts("tea")
    await ada.edits(seq, "coffee and cake")
    await library.chat.features.search_index.catch_up()

    page = await ada.person.asks("GET", "search", params={"q": "coffee"})
    in_room = await ada.person.asks("GET", f"rooms/{library.id_of('lobby')}/messages")

    assert page["items"] == [message for message in in_room["items"] if message["seq"] == seq]
    assert await found(ada, "tea") == []


@pytest.mark.parametrize("is_behind", [False, True])
async def test_edits_and_deletions_are_followed_wherever_the_index_is(library, is_behind):
    ada = await library.enters("ada")
    edited, deleted, both = [await ada.posts(f"old {n}") for n in range(3)]
    if not is_behind:
        await library.chat.features.search_index.catch_up()
    await ada.edits(edited, "new 0 https://example.org")
    await ada.edits(edited, "newer 0 https://example.org")
    await ada.edits(both, "new 2")
    await ada.deletes(deleted)
    await ada.deletes(both)

    assert await found(ada, "old") == []
    assert await found(ada, "new") == await found(ada, "has:link") == ["newer 0 https://example.org"]
    await ada.edits(edited, "old again")
    assert await found(ada, "has:link") == await found(ada, "newer") == []
    assert await found(ada, "old") == ["old again"]
    documents = await library.chat.database.read(
        lambda connection: connection.execute(text("SELECT seq, words FROM search_documents")).all()
    )
    assert [tuple(document) for document in documents] == [(edited, "old again")], "The words of a deleted message leave the index too"


async def test_a_deleted_message_is_not_found_even_before_the_index_knows(library):
    ada = await library.enters("ada")
    seq = await ada.posts("tea")
    await library.chat.features.search_index.catch_up()
    await library.chat.features.search_index.stop()
    await ada.deletes(seq)
    page = await ada.person.asks("GET", "search", params={"q": "tea"})
    assert page["items"] == []


async def test_only_what_one_may_read_is_found(library):
    ada, grace, linus = [await library.enters(name) for name in ("ada", "grace", "linus")]
    visitor, boss = await library.enters("visitor", role="guest"), await library.enters("boss", role="owner")
    await ada.makes_room("kitchen", grace)
    await ada.makes_room("garden", kind="public")
    await ada.makes_room("cellar", grace, history="joined")
    direct = await ada.opens_direct(grace)
    for room in ("kitchen", "garden", "cellar", direct):
        await ada.posts(f"swordfish in {room}", room=room)
    await ada.adds(linus, to="cellar")
    await ada.posts("swordfish again", room="cellar")
    everything = ["swordfish again", f"swordfish in {direct}", "swordfish in cellar", "swordfish in garden", "swordfish in kitchen"]

    assert await found(ada, "swordfish") == await found(grace, "swordfish") == everything
    assert await found(linus, "swordfish") == ["swordfish again", "swordfish in garden"]
    assert await found(linus, "in:cellar") == ["swordfish again"]
    assert await found(boss, "swordfish") == await found(boss, "swordfish", limit=1) == ["swordfish in garden"]
    assert await found(visitor, "swordfish") == await found(visitor, "in:garden") == await found(visitor, "in:kitchen") == []

    await ada.removes(grace, from_="kitchen")
    await ada.archives("garden")
    assert await found(grace, "swordfish") == [text for text in everything if "kitchen" not in text and "garden" not in text]
    assert await found(linus, "swordfish") == ["swordfish again"]
    for room in ("kitchen", direct):
        with refused("not_found"):
            await linus.person.asks("GET", "search", params={"q": "swordfish", "room": library.id_of(room)})
        with refused("not_found"):
            await linus.person.asks("GET", "search", params={"q": "swordfish", "before": f"{library.id_of(room)}:3"})


async def test_nothing_that_is_written_is_an_error(library):
    ada = await library.enters("ada")
    await ada.posts("a b AND words near not x")
    await library.chat.features.search_index.catch_up()
    for words in AWKWARD:
        answer = await ada.person.browser.get("search", params={"q": words.encode("utf-8", "surrogatepass").decode("utf-8", "replace")})
        assert answer.status_code == 200, words
    assert await found(ada, "AND") == await found(ada, "NEAR not") == ["a b AND words near not x"]


async def test_the_index_follows_by_itself(library):
    ada = await library.enters("ada")
    await ada.posts("tea")

    async with asyncio.timeout(60):
        while not (await ada.person.asks("GET", "search", params={"q": "tea"}))["items"]:
            await ada.line.says("ping")
            await asyncio.sleep(0.05)


async def test_more_than_a_batch_is_indexed_once_by_two_who_do_it_at_once(library, monkeypatch):
    monkeypatch.setattr(indexing, "EVENTS_AT_ONCE", 5)
    ada = await library.enters("ada")
    await ada.makes_room("kitchen")
    async with library.in_a_hurry():
        for room in ("lobby", "kitchen"):
            await ada.posts_all((f"tea {n}" for n in range(30)), room=room)
    other = indexing.Indexing(library.chat.database)
    await other.catch_up()
    await library.chat.features.search_index.catch_up()

    assert sorted(await found(ada, "tea", limit=100)) == sorted([f"tea {n}" for n in range(30)] * 2)


async def test_the_many_small_parts_of_the_index_are_put_together(make_stage, monkeypatch):
    for name, value in (("EVENTS_AT_ONCE", 1), ("EVENTS_WHILE_OTHERS_POST", 1), ("PAUSE_SECONDS", 0)):
        monkeypatch.setattr(indexing, name, value)
    stage = await make_stage()
    ada = await stage.enters("ada")
    async with stage.in_a_hurry():
        await ada.posts_all(f"tea {n}" for n in range(300))
    await stage.chat.features.search_index.catch_up()

    # A row of FTS5's own table is a page; the number of its part is above the lowest 37 bits of its id.
    parts = text("SELECT count(DISTINCT id >> 37) FROM search_words_data WHERE id > 10")
    assert await stage.chat.database.read(lambda connection: connection.execute(parts).scalar()) <= 2 * 16
    check = text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)")
    await stage.chat.database.write(lambda transaction: transaction.connection.execute(check))
    assert len(await found(ada, "tea", limit=100)) == 100
    assert await found(ada, "tea 0") == ["tea 0"]


async def test_one_may_ask_by_name_and_before_a_time(library):
    ada, grace = await library.enters("ada"), await library.enters("grace")
    await ada.posts("tea at noon")
    await grace.posts("tea at night")
    await library.chat.features.search_index.catch_up()

    assert await found(ada, "tea", by="grace") == await found(ada, "tea", by=grace.person.id) == ["tea at night"]
    assert await found(ada, "tea", by="nobody") == []
    assert await found(ada, "tea", before="2000-01-01") == []
    assert len(await found(ada, "tea", before="2999-01-01T00:00:00+02:00")) == 2
    with refused("invalid"):
        await found(ada, "tea", before="yesterday")
