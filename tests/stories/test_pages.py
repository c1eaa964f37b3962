"""Pages of messages and of the log, with exact cursors at every edge."""

import pytest

from hubbub.testing import refused

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(make_stage):
    """A room with ten messages at the even seqs 2 to 20, and an edit after each: the asker, and how to ask."""
    stage = await make_stage(server="none")
    ada = await stage.enters("ada")
    kitchen = await ada.makes_room("kitchen")
    async with stage.in_a_hurry():
        for n in range(10):
            await ada.edits(await ada.posts(f"{n}", room="kitchen"), f"message {n}", room="kitchen")

    async def ask(what="messages", **params):
        return await ada.person.asks("GET", f"rooms/{kitchen}/{what}", params=params)

    return ask


def ends(page):
    return [item["seq"] for item in page["items"]], page["before"], page["after"]


EDGES = [
    ({}, ([2, 4, 6, 8, 10, 12, 14, 16, 18, 20], None, None)),
    ({"limit": 10}, ([2, 4, 6, 8, 10, 12, 14, 16, 18, 20], None, None)),
    ({"limit": 9}, ([4, 6, 8, 10, 12, 14, 16, 18, 20], 4, None)),
    ({"limit": 1}, ([20], 20, None)),
    ({"before": 20, "limit": 3}, ([14, 16, 18], 14, 18)),
    ({"before": 5, "limit": 3}, ([2, 4], None, 4)),
    ({"before": 8, "limit": 3}, ([2, 4, 6], None, 6)),
    ({"before": 2, "limit": 3}, ([], None, 1)),
    ({"before": 0, "limit": 3}, ([], None, 0)),
    ({"before": 999, "limit": 3}, ([16, 18, 20], 16, None)),
    ({"after": 0, "limit": 3}, ([2, 4, 6], None, 6)),
    ({"after": 2, "limit": 3}, ([4, 6, 8], 4, 8)),
    ({"after": 14, "limit": 3}, ([16, 18, 20], 16, None)),
    ({"after": 15, "limit": 3}, ([16, 18, 20], 16, None)),
    ({"after": 20, "limit": 3}, ([], 21, None)),
    ({"after": 9007199254740991, "limit": 3}, ([], 9007199254740991, None)),
    ({"around": 10, "limit": 3}, ([8, 10, 12], 8, 12)),
    ({"around": 10, "limit": 4}, ([6, 8, 10, 12], 6, 12)),
    ({"around": 10, "limit": 1}, ([10], 10, 10)),
    ({"around": 11, "limit": 2}, ([10, 12], 10, 12)),
    ({"around": 2, "limit": 4}, ([2, 4, 6, 8], None, 8)),
    ({"around": 0, "limit": 4}, ([2, 4, 6, 8], None, 8)),
    ({"around": 20, "limit": 4}, ([14, 16, 18, 20], 14, None)),
    ({"around": 999, "limit": 4}, ([14, 16, 18, 20], 14, None)),
    ({"around": 10, "limit": 200}, ([2, 4, 6, 8, 10, 12, 14, 16, 18, 20], None, None)),
]


async def test_a_page_has_exact_cursors(room):
    answers = [(params, ends(await room(**params))) for params, _ in EDGES]

    assert answers == EDGES


async def test_paging_to_either_end_gives_everything_once(room):
    everything = [item["seq"] for item in (await room())["items"]]
    for limit in (1, 2, 3, 7):
        page = await room(limit=limit)
        backwards = page["items"]
        while page["before"] is not None:
            page = await room(before=page["before"], limit=limit)
            backwards = page["items"] + backwards
        page = await room(after=0, limit=limit)
        forwards = page["items"]
        while page["after"] is not None:
            page = await room(after=page["after"], limit=limit)
            forwards += page["items"]
        assert [item["seq"] for item in backwards] == [item["seq"] for item in forwards] == everything


BAD_CURSORS = [
    {"before": -1},
    {"after": "x"},
    {"around": "NaN"},
    {"before": 2**53},
    {"before": "9" * 400},
    {"limit": 0},
    {"limit": 201},
    {"limit": "inf"},
    {"before": 3, "after": 1},
    {"around": 3, "before": 5},
    {"before": "1.5"},
    {"before": ""},
]


async def test_a_bad_cursor_is_refused(room):
    for params in BAD_CURSORS:
        with refused("invalid"):
            await room(**params)


async def test_the_log_is_read_page_by_page(room):
    log = await room("events", after=0, limit=7)
    seqs = [event["seq"] for event in log["items"]]
    while log["next"] is not None:
        assert log["next"] == seqs[-1]
        log = await room("events", after=log["next"], limit=7)
        seqs += [event["seq"] for event in log["items"]]

    assert seqs == list(range(1, 22))
    assert (await room("events", after=21)) == {"items": [], "next": None}
    assert (await room("events", after=14, limit=7))["next"] is None
    with refused("invalid"):
        await room("events", after=-1)
    with refused("invalid"):
        await room("events", limit=1001)


async def test_a_room_without_messages_has_an_empty_page(make_stage):
    stage = await make_stage(server="none")
    ada = await stage.enters("ada")
    kitchen = await ada.makes_room("kitchen")

    for params in ({}, {"before": 1}, {"after": 0}, {"around": 1}):
        page = await ada.person.asks("GET", f"rooms/{kitchen}/messages", params=params)
        assert page == {"items": [], "before": None, "after": None}


async def test_a_page_beyond_an_end_leads_back(make_stage):
    stage = await make_stage(server="none")
    ada = await stage.enters("ada")
    seqs = [await ada.posts(f"number {n}") for n in range(3)]

    async def page(**params):
        return await ada.person.asks("GET", f"rooms/{stage.id_of('lobby')}/messages", params=params)

    newer = await page(after=seqs[-1])
    assert (newer["items"], newer["after"]) == ([], None)
    assert [each["seq"] for each in (await page(before=newer["before"], limit=2))["items"]] == seqs[-2:]
    older = await page(before=seqs[0])
    assert (older["items"], older["before"]) == ([], None)
    assert [each["seq"] for each in (await page(after=older["after"], limit=2))["items"]] == seqs[:2]
