import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("../../src/hubbub/web", import.meta.url));
const page = readFileSync(join(WEB, "index.html"), "utf8");
/** The tutorial's page and the protocol's stand beside the client, each for itself. */
const files = readdirSync(WEB, { recursive: true }).map(String).filter((name) => !/(^|\/)try\.\w+$|^asyncapi\//.test(name));
const modules = files.filter((name) => name.endsWith(".js"));
/** The worker runs by itself, beside the page. */
const own = modules.filter((name) => !name.startsWith("vendor/") && name !== "service-worker.js");
const text = (name) => readFileSync(join(WEB, name), "utf8");

/** Which part of the client may import which; those without a folder are named themselves. */
const MAY_IMPORT = {
  "main.js": ["client.js", "views", "view.js"],
  "client.js": ["actions", "state", "store.js"],
  "store.js": ["view.js"],
  "view.js": ["state"],
  actions: ["actions", "connection", "state", "view.js"],
  views: ["views", "state", "view.js"],
  state: ["state"],
  languages: [],
  connection: ["connection"],
};
const LIBRARIES = { "view.js": ["preact", "preact/hooks", "@preact/signals", "htm", "marked"], "connection/storage.js": ["idb-keyval"] };

const partOf = (name) => (name.includes("/") ? name.split("/")[0] : name);
const importsOf = (name) => [...text(name).matchAll(/^(?:import|export)[^"]*?from "([^"]+)";$/gm)].map(([, target]) => target);

test("imports point one way: views to state, main to connection", () => {
  const wrong = own.flatMap((name) => importsOf(name).filter((target) => target.startsWith(".")).map((target) => [name, normalize(join(dirname(name), target))]))
    .filter(([name, target]) => !MAY_IMPORT[partOf(name)].includes(partOf(target)));
  assert.deepEqual(wrong, []);
});

test("libraries come in through one door each", () => {
  for (const name of own) {
    const libraries = importsOf(name).filter((target) => !target.startsWith("."));
    assert.deepEqual(libraries.filter((library) => !LIBRARIES[name]?.includes(library)), [], name);
  }
});

test("the state knows no page, no network and no clock", () => {
  for (const name of own.filter((each) => each.startsWith("state/"))) {
    const code = text(name).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    assert.doesNotMatch(code, /\b(document|window|localStorage|fetch|setTimeout|location)\b|Date\.now|new Date\(\)|Math\.random/, name);
  }
});

test("nothing makes HTML out of text", () => {
  for (const name of own) assert.doesNotMatch(text(name), /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function/, name);
});

test("every address is relative, so that any prefix will do", () => {
  for (const [, address] of page.matchAll(/(?:href|src)="([^"]+)"/g)) assert.match(address, /^web\//);
  for (const name of own) assert.doesNotMatch(text(name), /["'`]\/(api|ws|web)\b/, name);
});

test("no modules import each other in a circle, so that they can be joined into one script", () => {
  const targets = (name) => importsOf(name).filter((target) => target.startsWith(".")).map((target) => normalize(join(dirname(name), target)));
  const done = new Set();
  const visit = (name, path) => {
    assert.ok(!path.includes(name), `${[...path, name].join(" → ")}: take out what both need into a module of its own`);
    if (!done.has(name)) for (const target of targets(name)) visit(target, [...path, name]);
    done.add(name);
  };
  for (const name of own) visit(name, []);
});

test("every module is reached from the page's script", () => {
  const later = (name) => [...text(name).matchAll(/(?:=> |await |return )import\("(\.[^"]+)"\)(?!\.[A-Z])/g)].map(([, target]) => target);
  const reached = new Set();
  const visit = (name) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const target of [...importsOf(name), ...later(name)]) if (target.startsWith(".")) visit(normalize(join(dirname(name), target)));
  };
  visit("main.js");
  assert.deepEqual(own.filter((name) => !reached.has(name)), []);
});

test("the page has every style sheet, no inline style and no inline script but the import map", () => {
  const sheets = [...page.matchAll(/rel="stylesheet" href="web\/([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(sheets.sort(), files.filter((name) => name.endsWith(".css")).sort());
  assert.doesNotMatch(page, /\sstyle=|<style|\son[a-z]+=/);
  assert.deepEqual([...page.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes.trim()), ['type="importmap"', 'type="module" src="web/main.js"']);
});

test("only tokens.css names a colour", () => {
  for (const name of files.filter((each) => each.endsWith(".css") && !each.endsWith("tokens.css"))) {
    assert.doesNotMatch(text(name), /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|oklch\(/i, name);
  }
});

test("every token that is used exists", () => {
  const tokens = new Set([...text("styles/tokens.css").matchAll(/(--[a-z0-9-]+):/g)].map(([, name]) => name));
  for (const name of files.filter((each) => each.endsWith(".css"))) {
    for (const [, token] of text(name).matchAll(/var\((--[a-z0-9-]+)/g)) assert.ok(tokens.has(token), `${name} uses ${token}, which tokens.css does not name`);
  }
});

test("files stay small", () => {
  // A language is a table, as long as there are phrases.
  for (const name of own.filter((each) => !each.startsWith("languages/"))) assert.ok(text(name).split("\n").length <= 250, `${relative(".", name)} has more than 250 lines: divide it`);
});
