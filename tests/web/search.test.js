import assert from "node:assert/strict";
import { test } from "node:test";

import { readRoute, writeRoute } from "../../src/hubbub/web/state/routes.js";
import { marked, pageFound, searchFailed, searching, wordsWanted } from "../../src/hubbub/web/state/search.js";
import { grace, said } from "./cast.js";

test("pages of one search follow each other, and those of another are dropped", () => {
  const first = pageFound(searching("tea"), "tea", { items: [said(2, grace, "tea two")], next: "lobby:2" });
  const second = pageFound(first, "tea", { items: [said(1, grace, "tea one")], next: null });
  assert.deepEqual([second.messages.map((message) => message.seq), second.next, second.status], [[2, 1], null, "done"]);
  assert.equal(pageFound(second, "coffee", { items: [said(9, grace, "no")], next: null }), second);
  assert.equal(searchFailed(second, "coffee", "no"), second);
  assert.equal(searchFailed(second, "tea", "The server is away.").status, "failed");
  assert.equal(searching("  ").status, "idle");
});

test("words are marked where they begin, whatever their case and accents", () => {
  const hits = (text, query) => marked(text, wordsWanted(query)).filter((piece) => piece.hit).map((piece) => piece.text);
  assert.deepEqual(hits("Café and cafeteria, not decaf", "CAFE"), ["Café", "cafeteria"]);
  assert.deepEqual(hits("tea for two", '"tea for" from:ada in:"the kitchen" has:link before:2031-01-01'), ["tea", "for"]);
  assert.deepEqual(hits("anything", ""), []);
  assert.deepEqual(marked("a <b> c", ["b"]).map((piece) => piece.text).join(""), "a <b> c");
});

test("the search has an address of its own, whatever is searched for", () => {
  for (const words of ["", "tea", 'in:"a/b" #1 & 100% ?', "東京"]) {
    assert.deepEqual(readRoute(writeRoute({ page: "search", words })), { page: "search", words });
  }
});
