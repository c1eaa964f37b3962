import assert from "node:assert/strict";
import { test } from "node:test";

import { reconnectDelay } from "../../src/hubbub/web/connection/backoff.js";
import { Socket } from "../../src/hubbub/web/connection/socket.js";

/** A clock that goes when it is told to, a line that does what it is told to, and what the socket said of it. */
function stage() {
  const timers = new Map();
  const lines = [];
  const heard = { frames: [], interruptions: 0, ended: [] };
  let now = 0;
  let last = 0;
  const clock = {
    now: () => now, random: () => 1,
    setTimeout: (act, delay) => (timers.set(++last, { act, at: now + delay }), last),
    clearTimeout: (timer) => timers.delete(timer),
  };
  const pass = (ms) => {
    for (const end = now + ms; ; ) {
      const [timer, next] = [...timers].sort(([, one], [, other]) => one.at - other.at)[0] ?? [];
      if (!next || next.at > end) return (now = end);
      timers.delete(timer);
      now = next.at;
      next.act();
    }
  };
  const open = () => {
    const line = { said: [], closed: false, send: (text) => line.said.push(JSON.parse(text)), close: () => (line.closed = true) };
    lines.push(line);
    return line;
  };
  const socket = new Socket(open, {
    hello: () => ({ cursors: { lobby: 7 } }), heard: (frame) => heard.frames.push(frame),
    interrupted: () => (heard.interruptions += 1), ended: (code) => heard.ended.push(code),
  }, clock);
  const say = (frame) => lines.at(-1).onmessage({ data: JSON.stringify(frame) });
  const meet = () => {
    lines.at(-1).onopen();
    say({ type: "welcome", id: 1 });
  };
  return { socket, lines, heard, pass, say, meet, drop: (code) => lines.at(-1).onclose({ code }) };
}

test("hello comes first, with the cursors as they are", () => {
  const { socket, lines, meet } = stage();
  socket.start();
  meet();
  assert.deepEqual(lines[0].said[0], { type: "hello", id: 1, cursors: { lobby: 7 } });
  assert.ok(socket.online);
});

test("nothing is asked before welcome", async () => {
  const { socket, lines } = stage();
  socket.start();
  lines[0].onopen();
  await assert.rejects(socket.ask({ type: "send" }), { code: "unavailable" });
  assert.equal(lines[0].said.length, 1);
});

test("each answer finds its question", async () => {
  const { socket, lines, meet, say } = stage();
  socket.start();
  meet();
  const [first, second] = [socket.ask({ type: "send", key: "a" }), socket.ask({ type: "send", key: "b" })];
  const [one, two] = lines[0].said.slice(1).map((frame) => frame.id);
  say({ type: "error", id: two, code: "rate_limited", message: "Slower.", retry_after: 3 });
  say({ type: "ok", id: one, seq: 8 });
  assert.equal((await first).seq, 8);
  await assert.rejects(second, { code: "rate_limited", message: "Slower.", retryAfter: 3 });
});

test("what was asked is refused when the line goes, and the line comes back", async () => {
  const { socket, lines, heard, meet, drop, pass } = stage();
  socket.start();
  meet();
  const asked = socket.ask({ type: "send" });
  drop(1006);
  await assert.rejects(asked, { code: "unavailable" });
  assert.equal(heard.interruptions, 1);
  pass(500);
  assert.equal(lines.length, 2);
});

test("the pauses between attempts double up to half a minute, and chance spreads them", () => {
  assert.deepEqual([0, 1, 2, 20].map((attempts) => reconnectDelay(attempts, null, 1)), [500, 1000, 2000, 30_000]);
  assert.equal(reconnectDelay(3, null, 0), 0);
});

test("the pause that the server asked for is kept", () => {
  const { socket, lines, meet, say, drop, pass } = stage();
  socket.start();
  meet();
  say({ type: "bye", reason: "restart", retry_after: 5 });
  drop(1012);
  pass(5999);
  assert.equal(lines.length, 1);
  pass(1);
  assert.equal(lines.length, 2);
});

test("who is signed out or refused is not asked for again", () => {
  for (const code of [4400, 4401, 4403, 4410]) {
    const { socket, lines, heard, drop, pass } = stage();
    socket.start();
    drop(code);
    pass(600_000);
    assert.deepEqual(heard.ended, [code]);
    assert.equal(lines.length, 1);
  }
});

test("a line that answers no ping is given up", () => {
  const { socket, lines, heard, meet, pass } = stage();
  socket.start();
  meet();
  pass(20_000);
  assert.equal(lines[0].said.at(-1).type, "ping");
  pass(10_000);
  assert.ok(lines[0].closed);
  assert.equal(heard.interruptions, 1);
  pass(1000);
  assert.equal(lines.length, 2);
});

test("a line that answers nothing is given up within a second where the network is said to be gone", () => {
  const { socket, heard, meet, pass } = stage();
  socket.start();
  meet();
  socket.checkNow(true);
  pass(1_000);
  assert.equal(heard.interruptions, 1);
});

test("a line that answers is pinged every twenty seconds", async () => {
  const { socket, lines, meet, say, pass } = stage();
  socket.start();
  meet();
  pass(20_000);
  say({ type: "ok", id: lines[0].said.at(-1).id });
  await Promise.resolve();
  await Promise.resolve();
  pass(20_000);
  assert.equal(lines[0].said.filter(({ type }) => type === "ping").length, 2);
  assert.equal(lines.length, 1);
});

test("a server that never says welcome is tried again", () => {
  const { socket, lines, pass } = stage();
  socket.start();
  lines[0].onopen();
  pass(16_000);
  assert.equal(lines.length, 2);
});

test("when the network is back nobody waits for the pause to end", () => {
  const { socket, lines, meet, drop } = stage();
  socket.start();
  meet();
  drop(1006);
  socket.checkNow();
  assert.equal(lines.length, 2);
});

test("after stop an old line says nothing more", () => {
  const { socket, lines, heard, meet, pass } = stage();
  socket.start();
  meet();
  socket.stop();
  lines[0].onclose({ code: 4410 });
  lines[0].onmessage({ data: "{\"type\":\"message.created\"}" });
  pass(100_000);
  assert.deepEqual([heard.ended, heard.frames.length, lines.length], [[], 1, 1]);
});
