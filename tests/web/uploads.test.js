import assert from "node:assert/strict";
import { test } from "node:test";

import * as outbox from "../../src/hubbub/web/state/outbox.js";
import * as uploads from "../../src/hubbub/web/state/uploads.js";
import { NOON } from "./cast.js";

const LIMITS = { text: 8000, frame: 65536, replay: 1000, file: 1_000_000, files: 3 };
const chosen = (key, more = {}) => uploads.newUpload(key, "lobby", { name: `${key}.txt`, size: 100, type: "text/plain", ...more }, LIMITS);
const file = (key) => ({ id: `id-${key}`, name: `${key}.txt`, type: "text/plain", size: 90, kind: "file" });
const refusal = (more) => ({ code: "invalid", message: "This picture cannot be read.", retryAfter: null, ...more });
const keys = (all) => all.map(({ key }) => key);
const message = (more = {}) => outbox.newEntry("m", "lobby", "", NOON, { uploads: ["a", "b"], ...more });

test("what cannot be taken says so at once, and is never tried", () => {
  assert.deepEqual([chosen("a").status, chosen("a").kind], ["waiting", "file"]);
  const large = chosen("b", { size: 1_000_001 });
  assert.deepEqual([large.status, large.hopeless, large.problem], ["failed", true, "Larger than 1 MB, the most that is taken here."]);
  assert.equal(chosen("c", { size: 0 }).problem, "This file is empty.");
  assert.deepEqual(uploads.uploadAgain([large], "b"), [large]);
});

test("as many files as go with one message, counted where it is written", () => {
  const all = [chosen("a"), { ...chosen("b"), message: "m" }, { ...chosen("c"), place: "lobby/7" }];
  assert.equal(uploads.spaceLeft(all, "lobby", LIMITS), 2);
  assert.deepEqual(keys(uploads.inComposer(all, "lobby")), ["a"]);
  assert.deepEqual(keys(uploads.goingWith(all, "m")), ["b"]);
  assert.equal(uploads.spaceLeft([1, 2, 3, 4].map((key) => chosen(`${key}`)), "lobby", LIMITS), 0);
});

test("two are under way at a time, in their order", () => {
  const all = ["a", "b", "c"].map((key) => chosen(key));
  assert.deepEqual(keys(uploads.dueUploads(all, NOON)), ["a", "b"]);
  const one = uploads.changedUpload(all, "a", { status: "sending" });
  assert.deepEqual(keys(uploads.dueUploads(one, NOON)), ["b"]);
  assert.deepEqual(keys(uploads.dueUploads(uploads.changedUpload(one, "b", { status: "sending" }), NOON)), []);
});

test("where waiting helps it waits, longer each time, and no more once there is a connection", () => {
  const lost = refusal({ code: "unavailable" });
  const once = uploads.uploadRefused([chosen("a")], "a", lost, NOON);
  const twice = uploads.uploadRefused(once, "a", lost, NOON);
  assert.deepEqual([once[0].dueAt - NOON, twice[0].dueAt - NOON], [1000, 2000]);
  assert.deepEqual(uploads.dueUploads(twice, NOON + 1999), []);
  assert.equal(uploads.nextUploadDue(twice, NOON), NOON + 2000);
  assert.equal(uploads.uploadRefused([{ ...chosen("a"), tries: 20 }], "a", lost, NOON)[0].dueAt, NOON + 30_000);
  assert.equal(uploads.uploadRefused(once, "a", refusal({ code: "rate_limited", retryAfter: 7 }), NOON)[0].dueAt, NOON + 7000);
  assert.deepEqual(keys(uploads.dueUploads(uploads.uploadsAwake(twice), NOON)), ["a"]);
  assert.equal(uploads.nextUploadDue([chosen("a")], NOON), null);
});

test("what was refused begins anew when it is tried again; what was interrupted goes on", () => {
  const begun = { ...chosen("a"), status: "sending", id: "id-a", sent: 40 };
  const [failed] = uploads.uploadRefused([begun], "a", refusal(), NOON);
  assert.deepEqual([failed.status, failed.problem, failed.id], ["failed", "This picture cannot be read.", undefined]);
  assert.deepEqual([uploads.uploadAgain([failed], "a")[0].status, uploads.uploadAgain([failed], "a")[0].problem], ["waiting", undefined]);
  const [interrupted] = uploads.uploadsInterrupted([begun]);
  assert.deepEqual([interrupted.status, interrupted.id, interrupted.sent], ["waiting", "id-a", 40]);
  assert.deepEqual(uploads.keptUpload({ ...begun, tries: 3, dueAt: NOON }).status, "waiting");
  assert.equal(uploads.keptUpload({ ...begun, status: "done" }).status, "done");
});

test("a message waits for its files and lets others pass", () => {
  const entries = outbox.added([], [message(), outbox.newEntry("n", "lobby", "words", NOON + 1)]);
  assert.deepEqual(keys(outbox.dueEntries(entries, NOON)), ["n"]);
  assert.ok(outbox.waitsForFiles(entries[0]) && !outbox.waitsForFiles(entries[1]));
  const there = outbox.filesThere(entries, "m", [file("a"), file("b")]);
  assert.deepEqual(keys(outbox.dueEntries(there, NOON)), ["m"]);
  assert.deepEqual(outbox.fileFields(there[0]), { files: ["id-a", "id-b"] });
  assert.deepEqual(outbox.fileFields(there[1]), {});
});

test("a message goes when all its files are there, in the order in which they were chosen", () => {
  const half = uploads.uploaded([chosen("b"), chosen("a")], "b", file("b"));
  assert.equal(uploads.filesFor(message(), half), null);
  assert.deepEqual(uploads.filesFor(message(), uploads.uploaded(half, "a", file("a"))), { files: [file("a"), file("b")] });
});

test("a message says why a file of it does not come, and looks after all of them when it is tried again", () => {
  const all = uploads.uploadRefused([chosen("a"), chosen("b")], "b", refusal(), NOON);
  const { problem } = uploads.filesFor(message(), all);
  assert.equal(problem, "b.txt: This picture cannot be read.");
  const failed = outbox.filesFailed([{ ...message(), files: [file("a")] }], "m", problem);
  assert.deepEqual([failed[0].status, failed[0].problem], ["failed", problem]);
  assert.deepEqual([outbox.tryAgain(failed, "m")[0].status, outbox.tryAgain(failed, "m")[0].files], ["waiting", undefined]);
  assert.equal(uploads.filesFor(message(), [chosen("a")]).problem, uploads.NOT_KEPT);
});

test("files go over to a message and come back from it", () => {
  const given = uploads.handedOver([chosen("a"), chosen("b")], ["a"], "m");
  assert.deepEqual([keys(uploads.goingWith(given, "m")), keys(uploads.inComposer(given, "lobby"))], [["a"], ["b"]]);
  assert.deepEqual(keys(uploads.inComposer(uploads.handedOver(given, ["a"], undefined), "lobby")), ["a", "b"]);
});

test("before the server has said what a file is, it is shown as what it was chosen as", () => {
  const picture = chosen("a", { name: "a.png", type: "image/png" });
  assert.deepEqual([uploads.asShared(picture).id, uploads.asShared(picture).kind], ["a", "image"]);
  assert.equal(uploads.asShared(chosen("v", { voice: true, type: "video/webm" })).kind, "audio");
  assert.equal(uploads.asShared(uploads.uploaded([picture], "a", file("a"))[0]).id, "id-a");
});

test("all of it is said to be there only when it is", () => {
  assert.equal(uploads.shareSent({ ...chosen("a"), sent: 50 }), 50);
  assert.equal(uploads.shareSent({ ...chosen("a"), sent: 100 }), 99);
  assert.equal(uploads.shareSent(uploads.uploaded([chosen("a")], "a", file("a"))[0]), 100);
});

test("an upload takes the place of what had its key", () => {
  const all = [chosen("a"), chosen("b")];
  assert.deepEqual(keys(uploads.withUpload(all, { ...chosen("a"), sent: 9 })), ["a", "b"]);
  assert.deepEqual(keys(uploads.withUpload(all, chosen("c"))), ["a", "b", "c"]);
  assert.deepEqual(keys(uploads.withoutUpload(all, "a")), ["b"]);
  assert.equal(uploads.withoutUpload(all, "z"), all);
});
