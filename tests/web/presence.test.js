import assert from "node:assert/strict";
import { test } from "node:test";

import { Presence } from "../../src/hubbub/web/actions/presence.js";
import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { IDLE_MS, ownPresence, presenceIn, whoIsThereFirst } from "../../src/hubbub/web/state/presence.js";
import { Store } from "../../src/hubbub/web/store.js";
import { ada, after, grace, lobby, NOON, said, welcome } from "./cast.js";

const here = (users, room = "lobby") => ({ type: "presence", room, users });
const direct = { ...lobby, id: "direct", kind: "direct", name: "", members: [ada, grace] };
const hopper = { id: "grace", name: "Hopper", kind: "human" };

test("of a room it is known who is there once it is told, and of other rooms nothing", () => {
  const state = after(here({ grace: "online", linus: "away" }), here({ linus: "offline" }), here({ grace: "away" }));
  assert.deepEqual(["grace", "linus", "ada"].map((user) => presenceIn(state.presence, "lobby", user)), ["away", "offline", "offline"]);
  assert.equal(presenceIn(state.presence, "kitchen", "grace"), null);
});

test("what is watched no more is known no more, neither who is there nor who types", () => {
  const state = after(here({ grace: "online" }), here({ grace: "online" }, "direct"), { type: "typing", room: "lobby", users: ["Grace"] }, { type: "watched", rooms: ["direct"] });
  assert.deepEqual(state.presence, { direct: { grace: "online" } });
  assert.deepEqual(state.typing, {});
});

test("after a connection was lost nothing counts of what was told before, but for what another tab says", () => {
  assert.deepEqual(after(here({ grace: "online" }), welcome()).presence, {});
  assert.deepEqual(after(welcome(undefined, { presence: { lobby: { grace: "away" } } })).presence, { lobby: { grace: "away" } });
});

test("those who are there come first", () => {
  const members = ["Zoe", "Ada", "Linus", "Bea"].map((name) => ({ user: { id: name, name, kind: "human" }, role: "member" }));
  const presence = { lobby: { Zoe: "online", Linus: "away", Bea: "online" } };
  assert.deepEqual(whoIsThereFirst(members, presence, "lobby").map(({ user }) => user.name), ["Bea", "Zoe", "Linus", "Ada"]);
});

test("oneself is there while connected and not away", () => {
  const connected = { status: "online", since: 0, sentence: "" };
  assert.deepEqual([ownPresence({ connection: connected, away: false }), ownPresence({ connection: connected, away: true }),
    ownPresence({ connection: { ...connected, status: "waiting" }, away: false })], ["online", "away", "offline"]);
});

test("a new name stands in direct rooms, lists of members and oneself, and not in what was said before", () => {
  const before = after(welcome([lobby, direct]), said(1, grace, "hello"));
  const known = { ...before, members: { lobby: [{ user: ada, role: "member" }, { user: grace, role: "owner" }] }, me: ada };
  const state = applyFrame(known, { type: "user.changed", user: hopper }, NOON);
  assert.equal(state.rooms.direct.name, "Hopper");
  assert.deepEqual(state.members.lobby[1], { user: hopper, role: "owner" });
  assert.equal(state.rooms.lobby, known.rooms.lobby);
  const timeline = (each) => each.timelines.lobby?.messages.map(({ by }) => by.name);
  assert.deepEqual(timeline(state), timeline(before));
  assert.equal(applyFrame(state, { type: "user.changed", user: { ...ada, name: "Countess" } }, NOON).me.name, "Countess");
});

/** Ada's page, which one may hide and leave alone; what it watches. */
function page() {
  const store = new Store(after(welcome([lobby, direct])));
  const watched = [];
  const timers = [];
  const clock = { now: NOON, hidden: false };
  let touched, shown;
  const client = { store, see: store.parts, link: { socket: { watch: (watch) => watched.push([watch.rooms.join(" "), watch.away]) } } };
  const presence = new Presence(client, {
    now: () => clock.now, isHidden: () => clock.hidden, after: (act, delay) => timers.push({ act, at: clock.now + delay }),
    listen: (...listeners) => ([touched, shown] = listeners),
  });
  presence.start();
  const passes = (ms) => {
    const end = clock.now + ms;
    for (let due; (due = timers.findIndex(({ at }) => at <= end)) >= 0; ) {
      const [{ act, at }] = timers.splice(due, 1);
      clock.now = at;
      act();
    }
    clock.now = end;
  };
  const hides = (hidden) => {
    clock.hidden = hidden;
    shown();
  };
  return { store, watched, presence, passes, hides, touches: () => touched(), timers };
}

test("the open room and those of the list are watched, and said again only when they are others", () => {
  const { store, watched, presence } = page();
  presence.list(["direct", "unknown"]);
  presence.list(["direct"]);
  store.set({ route: { page: "room", room: "direct", seq: null, panel: "people" } });
  store.set({ route: { page: "rooms" } });
  assert.deepEqual(watched, [["lobby", false], ["direct lobby", false], ["direct", false]]);
  store.set({ phase: "signed-out" });
  store.set({ phase: "signed-in" });
  assert.equal(watched.length, 4);
});

test("whoever touches nothing for five minutes is away, and is back with the first touch", () => {
  const { watched, passes, touches, timers } = page();
  passes(IDLE_MS - 1000);
  touches();
  passes(IDLE_MS - 1);
  assert.deepEqual(watched.at(-1), ["lobby", false]);
  passes(1);
  assert.deepEqual(watched.at(-1), ["lobby", true]);
  touches();
  assert.deepEqual(watched.at(-1), ["lobby", false]);
  for (let count = 0; count < 10; count += 1) touches();
  assert.equal(timers.length, 1);
});

test("whoever looks elsewhere is away at once", () => {
  const { watched, hides } = page();
  hides(true);
  hides(false);
  assert.deepEqual(watched.map(([, away]) => away), [false, true, false]);
});
