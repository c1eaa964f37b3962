import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { closeCodes, errorCodes, fieldsOf, groupsOf, typeOf } from "../../src/hubbub/web/asyncapi/document.js";

const FOLDER = fileURLToPath(new URL("../../src/hubbub/web/asyncapi", import.meta.url));
const files = readdirSync(FOLDER);
const text = (name) => readFileSync(join(FOLDER, name), "utf8");

const described = {
  channels: { socket: { "x-close-codes": [{ code: 1012, description: "Restart.", come_back: true }] } },
  components: {
    messages: {
      "command.read": { name: "read", description: "A mark.", tags: [{ name: "command" }], payload: { $ref: "#/components/schemas/ReadUpTo" }, examples: [{ payload: { type: "read" } }] },
      "signal.read": { name: "read", description: "News.", tags: [{ name: "signal" }], payload: { $ref: "#/components/schemas/Read" }, examples: [{ payload: { type: "read" } }] },
    },
    schemas: {
      ErrorCode: { enum: ["invalid", "conflict"], type: "string" },
      Person: { type: "object", properties: { id: { type: "string" }, name: { type: "string" } } },
      ReadUpTo: { type: "object", required: ["type", "room"], properties: { room: { type: "string", minLength: 1, maxLength: 64 }, type: { const: "read" }, seq: { type: "integer", description: "How far" } } },
      Read: { type: "object", properties: { type: { const: "read" } } },
    },
  },
};

test("a message is found in its group, though both sides say its name", () => {
  const [commands, answers, events, signals] = groupsOf(described);
  assert.deepEqual(commands.messages.map(({ id, kind, description }) => [id, kind, description]), [["command.read", "read", "A mark."]]);
  assert.deepEqual(signals.messages.map(({ description }) => description), ["News."]);
  assert.deepEqual([...answers.messages, ...events.messages], []);
});

test("fields say what they are, type first", () => {
  assert.deepEqual(fieldsOf(described, described.components.schemas.ReadUpTo), [
    { name: "type", type: '"read"', isRequired: true, description: "" },
    { name: "room", type: "string, 1 to 64 characters", isRequired: true, description: "" },
    { name: "seq", type: "integer", isRequired: false, description: "How far" },
  ]);
});

test("a type is said in a few words", () => {
  const said = (schema) => typeOf(described, schema);
  assert.equal(said({ $ref: "#/components/schemas/Person" }), "{id, name}");
  assert.equal(said({ $ref: "#/components/schemas/ErrorCode" }), '"invalid" or "conflict"');
  assert.equal(said({ type: "array", items: { type: "string" } }), "list of string");
  assert.equal(said({ type: "object", additionalProperties: { type: "integer" } }), "{…: integer}");
  assert.equal(said({ type: "object", patternProperties: { "^.+$": { type: "integer" } } }), "{…: integer}");
  assert.equal(said({ type: "string", maxLength: 8000 }), "string, up to 8,000 characters");
  assert.equal(said({ anyOf: [{ type: "string" }, { type: "null" }] }), "string or null");
});

test("codes come as they stand in the document", () => {
  assert.deepEqual(errorCodes(described), ["invalid", "conflict"]);
  assert.equal(closeCodes(described)[0].code, 1012);
});

test("the page runs under a strict policy: nothing inline, nothing from elsewhere, no text read as HTML", () => {
  const page = text("index.html");
  assert.doesNotMatch(page, /\sstyle=|<style|\son[a-z]+=|https?:/);
  assert.deepEqual([...page.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes.trim()), ['type="module" src="web/asyncapi/page.js"']);
  for (const name of files.filter((each) => each.endsWith(".js"))) {
    assert.doesNotMatch(text(name), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?:\/\//, name);
    assert.ok(text(name).split("\n").length <= 250, name);
  }
});

test("the page asks for every module of its own", () => {
  const asked = [...text("index.html").matchAll(/(?:href|src)="web\/asyncapi\/([^"]+\.js)"/g)].map(([, name]) => name);
  assert.deepEqual(asked.sort(), files.filter((name) => name.endsWith(".js")).sort());
});
