import assert from "node:assert/strict";
import { test } from "node:test";

import { codeParts } from "../../src/hubbub/web/state/code.js";

const kinds = (text, language) => codeParts(text, language).filter(({ kind }) => kind !== "plain").map(({ kind, text: part }) => [kind, part]);

test("code comes back whole, whatever is in it", () => {
  const programs = ["for x in y:\n    print('a', 1)  # note", "\"unclosed", "/* unclosed", "a".repeat(50_000), "", "`\\`", "\"\"\"", "<!-- <script>"];
  for (const program of programs) {
    for (const language of ["python", "js", "sql", "html", "", "klingon", "js title=x"]) {
      assert.equal(codeParts(program, language).map(({ text }) => text).join(""), program);
    }
  }
});

test("comments, words in quotes, numbers and keywords are told apart", () => {
  assert.deepEqual(kinds("for x in 'in': # in 1", "py"), [["keyword", "for"], ["keyword", "in"], ["string", "'in'"], ["comment", "# in 1"]]);
  assert.deepEqual(kinds("const a = 0x1f; // if", "js"), [["keyword", "const"], ["number", "0x1f"], ["comment", "// if"]]);
  assert.deepEqual(kinds("SELECT a FROM b -- where", "sql"), [["keyword", "SELECT"], ["keyword", "FROM"], ["comment", "-- where"]]);
});

test("a language that is not known is left plain", () => {
  assert.deepEqual(codeParts("if x: 1", "klingon"), [{ kind: "plain", text: "if x: 1" }]);
});
