import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { language as arabic } from "../../src/hubbub/web/languages/ar.js";
import { ENGLISH, mapPhrases, say, speak, translated } from "../../src/hubbub/web/state/words.js";

const template = (strings, ..._values) => strings;
const shout = (strings) => mapPhrases(strings, (phrase) => phrase.toUpperCase());
const WEB = new URL("../../src/hubbub/web/", import.meta.url);
const sources = ["views/", "state/", "actions/"].flatMap((folder) => readdirSync(new URL(folder, WEB)).map((name) => readFileSync(new URL(folder + name, WEB), "utf8")));

test("words between tags are translated, tags are not", () => {
  assert.deepEqual(shout(template`<p class="quiet">Hello, <b>you</b>!</p>`), ['<p class="quiet">HELLO, <b>YOU</b>!</p>']);
});

test("of attributes only those that people see or hear", () => {
  assert.deepEqual(shout(template`<button type="button" class="a b" aria-label="Send it" title="Send"><input name="topic" placeholder="Go" /><i name="Close" /></button>`),
    ['<button type="button" class="a b" aria-label="SEND IT" title="SEND"><input name="topic" placeholder="GO" /><i name="CLOSE" /></button>']);
});

test("words are found on both sides of a value, and values are left as they are", () => {
  const strings = template`<p aria-label="Message ${"ada"}" onClick=${() => 1 > 0}>${"x"} invites you to <b>${"y"}</b></p>`;
  assert.deepEqual(shout(strings), ['<p aria-label="MESSAGE ', '" onClick=', ">", " INVITES YOU TO <b>", "</b></p>"]);
});

test("English is what stands there, and another language where it has words", () => {
  const strings = template`<p>Rooms</p>`;
  assert.equal(translated(strings), strings);
  speak({ code: "xx", direction: "ltr", words: { Rooms: "Zimmer" } });
  assert.deepEqual([...translated(strings)], ["<p>Zimmer</p>"]);
  assert.equal(translated(strings), translated(strings));
  assert.deepEqual([say("Rooms"), say("Something else"), say("constructor")], ["Zimmer", "Something else", "constructor"]);
  speak(ENGLISH);
});

test("every phrase of a language file is still said somewhere", () => {
  const all = sources.join("\n").replaceAll(/\s+/g, " ");
  assert.deepEqual(Object.keys(arabic.words).filter((phrase) => !all.includes(phrase)), []);
});
