import assert from "node:assert/strict";
import { test } from "node:test";

import { SharedSocket } from "../../src/hubbub/web/connection/shared-socket.js";
import { isHole, roomsAhead, welcomeFrom } from "../../src/hubbub/web/state/neighbours.js";
import { initialState } from "../../src/hubbub/web/state/initial.js";
import { ada, lobby, NOON } from "./cast.js";

/** One browser: a channel between its tabs, one lock, and a server at the other end of each line. */
function browser() {
  const tabs = [];
  const claims = [];
  const lines = [];
  let timers = [];
  const clock = { now: () => 0, random: () => 1, setTimeout: (act, delay) => timers.push({ act, delay }), clearTimeout: () => {} };
  /** A moment passes, and not so long that anybody pings. */
  const settles = () => {
    const due = timers.filter(({ delay }) => delay < 500);
    timers = timers.filter(({ delay }) => delay >= 500);
    due.forEach(({ act }) => act());
  };
  const open = () => {
    const line = { said: [], closed: false, send: (text) => line.said.push(JSON.parse(text)), close: () => (line.closed = true) };
    line.say = (frame) => line.onmessage({ data: JSON.stringify(frame) });
    line.meet = () => {
      line.onopen();
      line.say({ type: "welcome", id: 1 });
    };
    lines.push(line);
    return line;
  };
  const opens = () => {
    const tab = { name: `tab ${tabs.length}`, alive: true, frames: [], interruptions: 0, ended: [] };
    tabs.push(tab);
    const deliver = (say) => structuredClone(say);
    tab.socket = new SharedSocket(open, {
      hello: () => ({ cursors: {} }), welcome: () => ({ type: "welcome", of: tab.name }), heard: (frame) => tab.frames.push(frame),
      interrupted: () => (tab.interruptions += 1), ended: (code) => tab.ended.push(code),
    }, clock, {
      tab: tab.name,
      post: (say) => tabs.filter((other) => other !== tab && other.alive).forEach((other) => other.hear(deliver(say))),
      listen: (hear) => (tab.hear = hear),
      claim: (lead) => claims.push({ tab, lead }) === 1 && lead(),
      outlive: (name, act) => (tabs.find((other) => other.name === name).outlived = act),
    });
    tab.socket.start();
    return tab;
  };
  const closes = (tab) => {
    tab.alive = false;
    const leads = claims[0]?.tab === tab;
    claims.splice(claims.findIndex((claim) => claim.tab === tab), 1);
    if (leads) claims[0]?.lead();
    tab.outlived?.();
  };
  return { opens, closes, lines, settles };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the first tab has the socket, the others hear what it hears", () => {
  const { opens, lines } = browser();
  const first = opens();
  lines[0].meet();
  const second = opens();
  assert.equal(lines.length, 1);
  assert.deepEqual([first.socket.leads, second.socket.leads], [true, false]);
  assert.deepEqual(second.frames, [{ type: "welcome", of: "tab 0" }]);
  lines[0].say({ type: "message.created", seq: 1 });
  assert.deepEqual(first.frames.at(-1), second.frames.at(-1));
  assert.ok(second.socket.online);
});

test("a tab that comes before the server has said welcome is online when it does", () => {
  const { opens, lines } = browser();
  opens();
  const second = opens();
  assert.equal(second.socket.online, false);
  lines[0].meet();
  assert.ok(second.socket.online);
});

test("each answer finds the tab that asked, and so does each refusal", async () => {
  const { opens, lines } = browser();
  const first = opens();
  lines[0].meet();
  const [second, third] = [opens(), opens()];
  const asked = [first, second, third].map(({ socket }, index) => socket.ask({ type: "send", key: `k${index}` }));
  const ids = lines[0].said.slice(1).map(({ id, key }) => [key, id]);
  const idOf = Object.fromEntries(ids);
  lines[0].say({ type: "error", id: idOf.k2, code: "forbidden", message: "No.", retry_after: 3 });
  lines[0].say({ type: "ok", id: idOf.k1, seq: 8 });
  lines[0].say({ type: "ok", id: idOf.k0, seq: 9 });
  assert.deepEqual([(await asked[0]).seq, (await asked[1]).seq], [9, 8]);
  await assert.rejects(asked[2], { code: "forbidden", message: "No.", retryAfter: 3 });
});

test("when the tab with the socket goes, another connects, and what was asked meanwhile can be asked again", async () => {
  const { opens, closes, lines } = browser();
  const first = opens();
  lines[0].meet();
  const [second, third] = [opens(), opens()];
  const lost = [second, third].map(({ socket }) => socket.ask({ type: "send", key: "k" }));
  const refused = Promise.allSettled(lost);
  closes(first);
  assert.deepEqual((await refused).map(({ reason }) => reason.code), ["unavailable", "unavailable"]);
  assert.equal(lines.length, 2);
  assert.deepEqual([second.socket.leads, third.socket.leads, third.socket.online], [true, false, false]);
  assert.deepEqual([second.interruptions, third.interruptions], [1, 1]);
  lines[1].meet();
  assert.ok(third.socket.online);
  lines[1].say({ type: "typing", room: "r" });
  assert.equal(third.frames.at(-1).type, "typing");
});

test("when the connection is lost all tabs know, and when it is refused for good too", () => {
  const { opens, lines } = browser();
  const tabs = [opens(), opens()];
  lines[0].meet();
  lines[0].onclose({ code: 1006 });
  assert.deepEqual(tabs.map(({ interruptions, socket }) => [interruptions, socket.online]), [[1, false], [1, false]]);
  tabs[1].socket.start();
  lines[1].onclose({ code: 4410 });
  assert.deepEqual(tabs.map(({ ended }) => ended), [[4410], [4410]]);
});

test("what is read in one tab is read in the others, and the server hears of it once", async () => {
  const { opens, lines } = browser();
  const tabs = [opens(), opens(), opens()];
  lines[0].meet();
  const read = { type: "read", room: "lobby", seq: 7 };
  tabs[1].socket.tell(read);
  assert.deepEqual(lines[0].said.slice(1), [read]);
  assert.deepEqual([tabs[0], tabs[2]].map(({ frames }) => frames.at(-1)), [read, read]);
  tabs[1].socket.tell({ type: "typing", room: "lobby" });
  assert.deepEqual(lines[0].said.at(-1), { type: "typing", room: "lobby" });
  await settled();
});

const watches = (line) => line.said.filter(({ type }) => type === "watch").map(({ rooms, away }) => [rooms.join(" "), away]);

test("what the tabs have on their screens is one watch, said once and only when it is another", () => {
  const { opens, closes, lines, settles } = browser();
  const tabs = [opens(), opens(), opens()];
  tabs[0].socket.watch({ rooms: ["lobby"], away: false });
  tabs[1].socket.watch({ rooms: ["kitchen", "lobby"], away: true });
  settles();
  assert.deepEqual(watches(lines[0]), []);
  lines[0].meet();
  settles();
  assert.deepEqual(watches(lines[0]), [["kitchen lobby", false]]);
  assert.deepEqual(tabs.map(({ frames }) => frames.at(-1)), Array(3).fill({ type: "watched", rooms: ["kitchen", "lobby"] }));

  for (const room of ["one", "two", "lobby"]) tabs[0].socket.watch({ rooms: [room], away: false });
  settles();
  assert.equal(watches(lines[0]).length, 1);
  tabs[0].socket.watch({ rooms: ["lobby"], away: true });
  settles();
  assert.deepEqual(watches(lines[0]).at(-1), ["kitchen lobby", true]);
  closes(tabs[1]);
  settles();
  assert.deepEqual(watches(lines[0]).at(-1), ["lobby", true]);
});

test("whoever leads next, and whatever connects again, watches what is on the screens then", () => {
  const { opens, closes, lines, settles } = browser();
  const tabs = [opens(), opens(), opens()];
  lines[0].meet();
  tabs.forEach(({ socket }, index) => socket.watch({ rooms: [`room ${index}`], away: false }));
  settles();
  closes(tabs[0]);
  lines[1].meet();
  settles();
  assert.deepEqual(watches(lines[1]), [["room 1 room 2", false]]);
  lines[1].onclose({ code: 1006 });
  tabs[2].socket.start();
  lines[2].meet();
  settles();
  assert.deepEqual(watches(lines[2]), [["room 1 room 2", false]]);
});

test("whoever signs in in one tab connects them all anew", () => {
  const { opens, lines } = browser();
  const tabs = [opens(), opens()];
  lines[0].onclose({ code: 4401 });
  tabs.forEach(({ socket }) => socket.stop());
  tabs[1].socket.restart();
  assert.equal(lines.length, 2);
  lines[1].meet();
  assert.deepEqual(tabs.map(({ frames }) => frames.at(-1)?.type), ["welcome", "welcome"]);
});

test("a tab that wants to hear no more hears no more", () => {
  const { opens, lines } = browser();
  const tabs = [opens(), opens()];
  lines[0].meet();
  tabs[1].socket.stop();
  const heard = tabs[1].frames.length;
  lines[0].say({ type: "typing", room: "lobby" });
  assert.equal(tabs[1].frames.length, heard);
});

test("a tab tells another how far it has come, which notices what it has missed", () => {
  const rooms = { lobby: { ...lobby, id: "lobby", cursor: 5 } };
  const state = { ...initialState({ page: "rooms" }, NOON), phase: "signed-in", me: ada, epoch: "e", rooms, presence: { lobby: { grace: "online" } } };
  const told = welcomeFrom(state);
  assert.equal(told.rooms[0].cursor, 5);
  assert.deepEqual(told.presence, { lobby: { grace: "online" } });
  assert.equal(welcomeFrom({ ...state, phase: "starting" }), null);
  assert.deepEqual(roomsAhead({ lobby: { ...rooms.lobby, cursor: 3 } }, told.rooms).map(({ cursor }) => cursor), [5]);
  assert.deepEqual(roomsAhead(rooms, told.rooms), []);
  assert.ok(isHole(rooms, { type: "message.created", room: "lobby", seq: 7, by: ada }));
  for (const frame of [{ room: "lobby", seq: 6, by: ada }, { room: "lobby", seq: 9 }, { room: "unknown", seq: 9, by: ada }]) assert.ok(!isHole(rooms, frame));
});
