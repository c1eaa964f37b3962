"""What the people in the pictures say to each other, and when."""

from datetime import UTC, datetime

from hubbub.previews.model import Found
from hubbub.previews.store import Job
from hubbub.testing import Actor, Stage

DAY = 24 * 60
# An afternoon, so that the pictures are the same whenever they are taken.
NOW = datetime(2031, 3, 12, 15, 10, tzinfo=UTC).timestamp()

# Who says what, and how many minutes before now.
LOBBY = [
    (2 * DAY, "Grace", "Welcome, everybody. Say hello when you come in."),
    (2 * DAY - 4, "Linus", "Hello! Found the door."),
    (DAY + 95, "Margaret", "For Thursday:\n\n- [x] backups restored on a second machine\n- [x] load test\n- [ ] somebody to bring cake"),
    (DAY + 92, "Ada", "I can bring cake. 🍰"),
    (DAY + 91, "Ada", "Two kinds, because of the nut question."),
    (64, "Grace", "Does anybody know why the importer stops at row 4,096?"),
    (61, "Linus", "A page boundary, I would bet. What does the reader look like?"),
    (
        58,
        "Grace",
        "Like this. The last page is never handed on:\n\n```python\ndef rows(pages):\n    for page, following in pairwise(pages):\n"
        "        yield from page.rows\n        if following is None:\n            break\n```",
    ),
    (55, "Linus", "`pairwise` ends one early. Give it a `None` to stand on:"),
    (55, "Linus", "```python\nfor page, following in pairwise([*pages, None]):\n```"),
    (53, "Grace", "That was it. **All 40,960 rows are in**, thank you!"),
    (52, "Grace", "🎉"),
    (20, "Noor", "مرحبا بالجميع، سأنضم إليكم من القاهرة هذا الأسبوع"),
    (18, "Margaret", "Wonderful, see you there. The notes are at https://example.org/notes/2031/importer-and-what-we-learned-from-it"),
    (6, "Linus", "Shall we look at the release at three?"),
    (4, "Margaret", "Three is good. @Ada, can you show the new search?"),
]
KITCHEN = [(30, "Linus", "The kettle works again."), (12, "Noor", "Tea for five?"), (11, "Grace", "Six, please.")]
RELEASE = [(25, "Margaret", "Draft of the notes is up."), (9, "Grace", "@Ada, one question in the second paragraph.")]
DIRECT = {
    "Grace": ["Do you have a minute for the importer?", "It can wait until after lunch."],
    "Linus": ["The door code is the old one again."],
}
TALKS = {"lobby": LOBBY, "kitchen": KITCHEN, "release": RELEASE}
THREAD = [
    (24, "Ada", "Reading it now. The part about search is good."),
    (22, "Linus", "`hubbub move` wants a line of its own: people will look for it."),
    (21, "Margaret", "True. Under *Upgrading*, or before?"),
    (14, "Grace", "Before. Whoever upgrades has read it by then."),
]
RECIPE = "https://example.org/kitchen/carrot-cake"
RECIPE_TITLE = "Carrot cake that keeps for a week"
RECIPE_WORDS = "Grate the carrots finely, and let it rest for a night before anybody may have some."
CAKES = ["Carrot", "Almond, without flour", "Whatever Ada likes best"]


async def people_talk(stage: Stage) -> None:
    """The conversations above, each at its time."""
    cast = {"Margaret": await stage.enters("Margaret", role="owner")}
    cast |= {name: await stage.enters(name) for name in ("Grace", "Linus", "Noor")}
    cast["Ada"] = await stage.enters("Ada", by_password=True)
    await cast["Margaret"].changes("lobby", topic="Where everybody is. Anything that belongs nowhere else.")
    others = [cast[name] for name in ("Ada", "Grace", "Linus", "Noor")]
    for name, kind, topic in (("kitchen", "public", "Tea, mostly"), ("release", "private", "2.0, on Thursday"), ("garden", "public", "")):
        await cast["Margaret"].makes_room(name, *others, kind=kind, topic=topic)
    for name, words in DIRECT.items():
        room = await cast[name].opens_direct(cast["Ada"])
        stage.names_room(name, room)
        for text in words:
            await cast[name].posts(text, room=room)
    said = [(minutes, room, who, text) for room, talk in TALKS.items() for minutes, who, text in talk]
    said += [(minutes, "release", who, text) for minutes, who, text in THREAD]
    for minutes, room, who, text in sorted(said, reverse=True):
        stage.clock.now = NOW - minutes * 60
        thread = {"thread": await number_of(stage, cast[who], room, "Draft")} if (minutes, who, text) in THREAD else {}
        await cast[who].posts(text, room=room, **thread)
    await people_do_more(stage, cast)
    stage.clock.now = NOW
    await cast["Linus"].watches(away=True)
    for name in ("Ada", "Noor"):
        await cast[name].goes_offline()


async def people_do_more(stage: Stage, cast: dict[str, Actor]) -> None:
    """A poll, a link with what its page says of itself, and a few reactions."""
    ada, grace, linus, margaret = (cast[name] for name in ("Ada", "Grace", "Linus", "Margaret"))
    cake = await number_of(stage, grace, "lobby", "I can bring")
    done = await number_of(stage, grace, "lobby", "That was it")
    for actor, seq, emoji in ((grace, cake, "❤️"), (linus, cake, "❤️"), (margaret, cake, "🍰"), (linus, done, "🎉"), (margaret, done, "🎉")):
        await actor.reacts(seq, emoji)
    stage.clock.now = NOW - 9 * 60
    poll = await margaret.posts("Which cake on Thursday?", room="kitchen", poll={"options": CAKES})
    for actor, choice in ((grace, 0), (linus, 1), (margaret, 0), (ada, 0), (cast["Noor"], 2)):
        await actor.votes(poll, choice, room="kitchen")
    stage.clock.now = NOW - 5 * 60
    await margaret.person.asks("PATCH", "site", json={"previews": True})
    link = await linus.posts(f"I would follow this one: {RECIPE}", room="kitchen")
    says = Found(RECIPE_TITLE, RECIPE_WORDS, "The patient kitchen")
    await stage.chat.features.previews.keep(Job(stage.id_of("kitchen"), link, linus.person.id, [RECIPE]), {RECIPE: says})
    await margaret.person.asks("PATCH", "site", json={"previews": False})


async def number_of(stage: Stage, actor: Actor, room: str, beginning: str) -> int:
    """The number of the message in a room that begins so."""
    page = await actor.person.asks("GET", f"rooms/{stage.id_of(room)}/messages")
    return next(int(message["seq"]) for message in page["items"] if message["text"].startswith(beginning))
