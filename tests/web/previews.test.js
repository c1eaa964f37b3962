// Previews of links: the last event says all there is, and a link leads where it says.

import assert from "node:assert/strict";
import test from "node:test";

import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { hostOf } from "../../src/hubbub/web/state/previews.js";
import { pageLoaded } from "../../src/hubbub/web/state/timeline.js";
import { ada, after, event, grace, NOON, page, said } from "./cast.js";

const TEA = { n: 0, url: "https://example.org/tea", title: "Tea" };
const CAKE = { n: 1, url: "https://example.org/cake", title: "Cake", site: "Example" };
const linked = said(1, grace, "https://example.org/tea https://example.org/cake");
const previewed = (seq, ...previews) => event("message.previewed", seq, grace, { target: 1, previews });

function loaded(...items) {
  const state = after();
  return { ...state, timelines: { ...state.timelines, lobby: pageLoaded({ ...state.timelines.lobby, messages: [], late: [] }, "start", page(items)) } };
}

const hearing = (state, ...frames) => frames.reduce((before, frame) => applyFrame(before, frame, NOON), state);
const shown = (state) => state.timelines.lobby.messages[0];

test("a message has the previews that its last event says, and none are none", () => {
  const both = hearing(loaded(), linked, previewed(2, TEA, CAKE));
  assert.deepEqual(shown(both).previews, [TEA, CAKE]);
  assert.deepEqual(shown(hearing(both, previewed(3, CAKE))).previews, [CAKE]);
  assert.equal("previews" in shown(hearing(both, previewed(3))), false);
  assert.equal(both.rooms.lobby.unread, loaded(linked).rooms.lobby.unread + 1);
});

test("previews go with their message, and do not come back with an older event", () => {
  const deleted = hearing(loaded(), linked, previewed(2, TEA), event("message.deleted", 3, ada, { target: 1 }));
  assert.equal("previews" in shown(deleted), false);
  const redacted = hearing(deleted, event("message.previewed", 4, grace, { target: 1, redacted: true }));
  assert.equal("previews" in shown(redacted), false);
  assert.equal("previews" in shown(hearing(deleted, previewed(4, TEA))), false);
});

test("the host is what the browser will ask, however the link is spelt", () => {
  assert.equal(hostOf("https://example.org:8443/x"), "example.org:8443");
  assert.equal(hostOf("http://b\u00fccher.example/"), "xn--bcher-kva.example");
  assert.equal(hostOf("https://bank.example@evil.example/"), "evil.example");
  for (const url of ["javascript:alert(1)", "data:text/html,x", "//example.org", "https://", "ftp://example.org"]) assert.equal(hostOf(url), null, url);
});
