import assert from "node:assert/strict";
import { test } from "node:test";

import { choicesFor, rankOf } from "../../src/hubbub/web/state/palette.js";
import { lobby } from "./cast.js";

const rooms = Object.fromEntries(
  [{ name: "zoo", unread: 1 }, { name: "Alpha" }, { name: "release notes", unread: 2, mentions: 1 }, { name: "Café" }, { name: "grace", kind: "direct" }].map((room) => [
    room.name, { ...lobby, id: room.name, unread: 0, mentions: 0, cursor: 0, ...room },
  ]),
);
const commands = [{ id: "new-room", name: "New room", icon: "add" }, { id: "dark", name: "Appearance: dark", icon: "moon" }];
const names = (words, open = null) => choicesFor({ rooms, commands, open, words }).map(({ name }) => name);

test("without words it begins with what wants attention, and then offers what one can do", () => {
  assert.deepEqual(names(""), ["release notes", "zoo", "Alpha", "Café", "grace", "New room", "Appearance: dark"]);
});

test("the room that is open is not offered", () => {
  assert.ok(!names("", "zoo").includes("zoo"));
  assert.deepEqual(names("zoo", "zoo"), []);
});

test("names that begin with the words come before words that do, and letters in order come last", () => {
  assert.deepEqual(["New room", "Anew", "old, new", "n e w", "won"].map((name) => rankOf(name, "new")), [0, 2, 1, 3, Infinity]);
  assert.deepEqual(names("re"), ["release notes"]);
  assert.deepEqual(names("nrm"), ["New room"]);
});

test("capitals and accents make no difference", () => {
  assert.deepEqual(names("cafe"), ["Café"]);
  assert.deepEqual(names("ALPHA"), ["Alpha"]);
});

test("after > there are only things to do", () => {
  assert.deepEqual(names(">"), ["New room", "Appearance: dark"]);
  assert.deepEqual(names("> dark"), ["Appearance: dark"]);
});

test("people are offered after rooms, but not those whom one has a room with", () => {
  const people = [{ id: "u1", name: "grace", kind: "human" }, { id: "u2", name: "Graham", kind: "human" }];
  assert.deepEqual(choicesFor({ rooms, commands, open: null, people, words: "gra" }).map(({ kind, name }) => [kind, name]), [["room", "grace"], ["person", "Graham"]]);
});

test("it never grows longer than fits", () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`r${n}`, { ...lobby, id: `r${n}`, name: `room ${n}` }]));
  assert.ok(choicesFor({ rooms: many, commands, open: null, words: "room" }).length <= 12);
  assert.ok(choicesFor({ rooms: many, commands, open: null, words: "" }).some(({ kind }) => kind === "command"));
});
