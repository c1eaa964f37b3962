"""What Prometheus is told of a node."""

import httpx2
import pytest

pytestmark = pytest.mark.anyio


async def numbers_of(stage):
    async with httpx2.AsyncClient() as browser:
        answer = await browser.get(f"{stage.serving.origin}{stage.prefix}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if line.startswith("hubbub_")]
    return answer.text, {name: float(value) for name, value in lines}


async def test_it_counts_who_is_here_and_what_was_said_and_names_nobody(stage):
    ada, grace = await stage.enters("ada"), await stage.enters("grace")
    _, before = await numbers_of(stage)
    kitchen = await ada.makes_room("kitchen", grace)
    await ada.posts_all(["one", "two", "three"], room="kitchen")
    await grace.sees("three")

    text, after = await numbers_of(stage)
    assert (after["hubbub_sessions"], after["hubbub_users"], after["hubbub_rooms"]) == (2, 2, 2)
    assert after["hubbub_announced_events_total"] - before["hubbub_announced_events_total"] == 5
    assert after["hubbub_writes_total"] >= after["hubbub_commits_total"] > before["hubbub_commits_total"]
    assert (after["hubbub_database_up"], after["hubbub_draining"]) == (1, 0)
    assert "process_resident_memory_bytes" in text
    assert not [secret for secret in (kitchen, ada.person.id, "kitchen", "ada") if secret in text]
