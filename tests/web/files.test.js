import assert from "node:assert/strict";
import { test } from "node:test";

import { knownMessage } from "../../src/hubbub/web/state/threads.js";
import * as files from "../../src/hubbub/web/state/files.js";
import { movedBy, swipeOf, WHOLE, zoomedAt } from "../../src/hubbub/web/state/zoom.js";
import { applyFrame, withTimeline } from "../../src/hubbub/web/state/apply.js";
import { pageLoaded } from "../../src/hubbub/web/state/timeline.js";
import { ada, after, event, grace, NOON, page, said } from "./cast.js";

const picture = (id, more = {}) => ({ id, name: `${id}.jpg`, type: "image/jpeg", size: 500_000, kind: "image", width: 1600, height: 1200, ...more });
const ONE = { width: 400, height: 320, least: 48 };

test("a name cannot turn round what it ends in, nor break its line", () => {
  assert.equal(files.shownName("photo\u202egnp.exe"), "photo\ufffdgnp.exe");
  assert.equal(files.shownName("a\u2066b\u2069\u200f.txt\nsecond"), "a\ufffdb\ufffd\ufffd.txt second");
  assert.equal(files.shownName(" \u0000 "), "A file without a name");
  assert.equal(files.shownName("<img src=x onerror=alert(1)>.png"), "<img src=x onerror=alert(1)>.png");
});

test("the end of a name is told apart, so that it stays in view", () => {
  assert.deepEqual(files.nameInTwo("report.final.pdf"), ["report.final", ".pdf"]);
  assert.deepEqual(files.nameInTwo("README"), ["README", ""]);
  assert.deepEqual(files.nameInTwo("تقرير.pdf"), ["تقرير", ".pdf"]);
  assert.equal(files.nameInTwo("w".repeat(300)).join(""), "w".repeat(300));
  assert.equal(files.endingWords({ name: "backup.tar.gz" }), "GZ");
});

test("sizes and lengths in words", () => {
  assert.deepEqual([1, 999, 2_300, 45_000, 1_500_000, 2_000_000_000].map(files.sizeWords), ["1 byte", "999 bytes", "2.3 kB", "45 kB", "1.5 MB", "2 GB"]);
  assert.deepEqual([0.4, 61, 3_725].map(files.lengthWords), ["0:00", "1:01", "1:02:05"]);
});

test("what a browser draws by itself is a picture; everything else has a sign", () => {
  assert.deepEqual(["image/png", "image/svg+xml", "image/heic", "video/mp4", "audio/ogg", "text/html", ""].map(files.kindOf), ["image", "file", "file", "video", "audio", "file", "file"]);
  const sign = (type) => files.signOf({ kind: "file", type });
  assert.deepEqual(["application/zip", "text/csv", "application/pdf", "image/tiff", "application/json", "application/x-msdownload"].map(sign), ["archive", "table", "page", "image", "code", "file"]);
});

test("a picture keeps its shape inside its bounds, and is never larger than it is", () => {
  assert.deepEqual(files.fitted(picture("a"), ONE), { width: 400, height: 300 });
  assert.deepEqual(files.fitted({ width: 100, height: 80 }, ONE), { width: 100, height: 80 });
  assert.deepEqual(files.fitted({ width: 10_000, height: 10 }, ONE), { width: 400, height: 48 });
  assert.deepEqual(files.fitted({}, ONE), { width: 320, height: 240 });
});

test("addresses lead to the file, whatever its name", () => {
  assert.equal(files.fileAddress({ id: "1", name: "a b/c?.txt" }), "api/files/1/a%20b%2Fc%3F.txt");
  assert.equal(files.fileAddress({ id: "1", name: ".." }), "api/files/1/file");
  assert.equal(files.fileAddress({ id: "1", name: "\ud800" }), "api/files/1/%EF%BF%BD");
  assert.equal(files.pictureAddress(picture("1"), false), "api/files/1/thumbnail");
  assert.equal(files.pictureAddress(picture("1", { size: 9_000 }), false), "api/files/1/1.jpg");
  const moving = picture("1", { type: "image/gif", name: "1.gif" });
  assert.deepEqual([files.pictureAddress(moving, false), files.pictureAddress(moving, true)], ["api/files/1/1.gif", "api/files/1/thumbnail"]);
});

test("a message without words is told of by its files", () => {
  assert.equal(files.wordsOrNames({ text: "look", files: [picture("a")] }), "look");
  assert.equal(files.wordsOrNames({ text: "", files: [picture("a"), picture("b")] }), "a.jpg and 1 more");
  assert.equal(files.wordsOrNames({ files: [picture("v", { kind: "audio", voice: true })] }), "Voice message");
  assert.equal(files.wordsOrNames({}), "");
});

test("one leafs through the pictures of all messages that stand", () => {
  const messages = [said(1, ada, "", { files: [picture("a"), { ...picture("p"), kind: "file" }, picture("b")] }), said(2, grace, "", { deleted: true }), said(3, grace, "", { files: [picture("c")] })];
  const pictures = files.picturesOf(messages);
  assert.deepEqual(pictures.map(({ file, seq, by }) => [file.id, seq, by]), [["a", 1, "Ada"], ["b", 1, "Ada"], ["c", 3, "Grace"]]);
  assert.deepEqual([files.pictureBeside(pictures, "b", 1), files.pictureBeside(pictures, "a", -1), files.pictureBeside(pictures, "c", 1), files.pictureBeside(pictures, "z", 1)], ["c", null, null, null]);
});

test("a deleted message takes its files along, and one that comes is read out by their names", () => {
  const open = withTimeline(after(), "lobby", (timeline) => pageLoaded(timeline, "start", page([])));
  const shown = applyFrame(open, said(1, grace, "", { files: [picture("a")] }), NOON);
  assert.equal(knownMessage(shown, "lobby", 1).files[0].id, "a");
  assert.equal(shown.announcement, "Grace: a.jpg");
  const gone = applyFrame(shown, event("message.deleted", 2, grace, { target: 1 }), NOON);
  assert.equal(knownMessage(gone, "lobby", 1).files, undefined);
});

test("nearer and farther keep what is pointed at where it is, and never leave the picture", () => {
  const box = { width: 400, height: 200 };
  const near = zoomedAt(WHOLE, 2, { x: 100, y: 0 }, box);
  assert.deepEqual(near, { scale: 2, x: -100, y: 0 });
  assert.deepEqual(movedBy(near, -500, 500, box), { scale: 2, x: -200, y: 100 });
  assert.deepEqual(zoomedAt(near, 0.1, { x: 0, y: 0 }, box), WHOLE);
  assert.equal(zoomedAt(near, 100, { x: 0, y: 0 }, box).scale, 8);
});

test("a finger leafs by going sideways, and closes by going down", () => {
  assert.deepEqual([swipeOf(-80, 10), swipeOf(90, -20), swipeOf(5, 140), swipeOf(30, 10), swipeOf(70, 65), swipeOf(0, -200)], ["after", "before", "close", null, null, null]);
});
