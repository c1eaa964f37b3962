// The timelines under tests/timelines: frames in, and what every client holds then. The Python client plays the same ones.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { applyFrame, withRoom } from "../../src/hubbub/web/state/apply.js";
import { initialState } from "../../src/hubbub/web/state/initial.js";
import { standsInRoom } from "../../src/hubbub/web/state/message-changes.js";
import { isHole } from "../../src/hubbub/web/state/neighbours.js";
import { placeOf, roomOf } from "../../src/hubbub/web/state/threads.js";
import { emptyTimeline, loadingPage, pageLoaded } from "../../src/hubbub/web/state/timeline.js";
import { NOON } from "./cast.js";

const FOLDER = new URL("../timelines/", import.meta.url);
const UNLESS_SAID = { description: "", posting: "everyone", history: "all", archived: false, hidden: false, folder: "", first_seq: 1 };
const AS_IT_IS = ["kind", "topic", "role", "cursor", "last_seq", "read_seq", "unread", "mentions"];

/** A browser, and the log that its server has. */
class Player {
  state = initialState({ page: "rooms" }, NOON);
  log = [];

  writes(event) {
    this.log.push(event);
  }

  hears(frame) {
    const isEvent = typeof frame.seq === "number" && frame.by !== undefined;
    if (isEvent) this.writes(frame);
    if (isHole(this.state.rooms, frame)) this.#reads(frame.room, this.state.rooms[frame.room].cursor);
    else this.state = applyFrame(this.state, frame, NOON);
  }

  #reads(room, after) {
    const missed = this.log.filter((event) => event.room === room && event.seq > after).sort((one, other) => one.seq - other.seq);
    for (const event of missed) this.state = applyFrame(this.state, event, NOON);
  }

  loads({ room, messages, members, threads = [] }) {
    const { unread, mentions, read_seq } = room;
    this.state = withRoom(this.state, room.id, (known) => ({ ...known, unread, mentions, read_seq }));
    const places = [[room.id, messages.items.filter(standsInRoom)], ...threads.map((thread) => [placeOf(room.id, thread), messages.items.filter((item) => item.thread === thread)])];
    const loaded = places.map(([place, items]) => [place, pageLoaded(loadingPage(this.state.timelines[place] ?? emptyTimeline(), "start"), "start", { ...messages, items })]);
    this.state = { ...this.state, timelines: { ...this.state.timelines, ...Object.fromEntries(loaded) }, members: { ...this.state.members, [room.id]: members } };
  }

  holds(expected) {
    const rooms = Object.values(this.state.rooms).map((room) => [room.id, this.#held(room)]);
    assert.deepEqual({ me: this.state.me.name, rooms: Object.fromEntries(rooms) }, expected);
  }

  #held(room) {
    return {
      ...Object.fromEntries([...AS_IT_IS, ...Object.keys(UNLESS_SAID)].map((fact) => [fact, room[fact] ?? UNLESS_SAID[fact]])),
      // A direct room has no name but what its people are called.
      name: room.kind === "direct" ? "" : room.name,
      people: (room.members ?? []).map((person) => person.name),
      typing: this.state.typing[room.id]?.names ?? [],
      members: Object.fromEntries(this.state.members[room.id].map(({ user, role }) => [user.id, role])),
      messages: this.#messages(room.id),
    };
  }

  /** Those of the room and of the threads that were opened, each once. */
  #messages(room) {
    const bySeq = new Map();
    for (const [place, { messages }] of Object.entries(this.state.timelines)) {
      if (roomOf(place) !== room) continue;
      for (const message of messages) {
        if (bySeq.has(message.seq)) assert.deepEqual(message, bySeq.get(message.seq));
        bySeq.set(message.seq, message);
      }
    }
    return [...bySeq.values()].sort((one, other) => one.seq - other.seq).map(asItStands);
  }
}

/** What became of a message: all but what it was from the beginning. */
const asItStands = ({ type: _type, room: _room, at: _at, by: _by, key: _key, redacted: _redacted, ...rest }) => rest;

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
assert.ok(files.length > 20);

for (const file of files) {
  const { tells, story } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  test(`${file}: ${tells}`, () => {
    const player = new Player();
    for (const step of story) {
      const [[verb, given]] = Object.entries(step);
      player[verb](given);
    }
  });
}
