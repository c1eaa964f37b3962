import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { language } from "../../src/hubbub/web/languages/ar.js";
import { phrasesIn } from "./phrases.js";

const WEB = fileURLToPath(new URL("../../src/hubbub/web", import.meta.url));
const modules = ["views", "actions", "state"].flatMap((folder) => readdirSync(join(WEB, folder)).map((name) => join(folder, name)));

test("phrases are found in templates, in their attributes, within one another, and where they are said", () => {
  const code = `
    import { html } from "./A view.js"; // A comment in words.
    const a = html\`<b title="One phrase" class="not this" data-x=\${say("Two phrases")}>Three phrases \${b ? html\`<i>Four phrases</i>\` : ""}</b>\`;
    const pattern = /"not this either/; notify("Five phrases, in a row."); say("six");
  `;
  assert.deepEqual(phrasesIn(code).sort(), ["Five phrases, in a row.", "Four phrases", "One phrase", "Three phrases", "Two phrases", "six"]);
});

test("there is no phrase without its Arabic words", () => {
  const missing = modules.flatMap((name) => phrasesIn(readFileSync(join(WEB, name), "utf8")).filter((phrase) => !Object.hasOwn(language.words, phrase)).map((phrase) => `${name}: ${phrase}`));
  assert.deepEqual(missing, [], "Put these into languages/ar.js. What is no phrase is written otherwise, or is named in tests/web/phrases.js.");
});
