import assert from "node:assert/strict";
import { test } from "node:test";

import { harmless } from "../../src/hubbub/web/state/formula.js";
import { hostBeside } from "../../src/hubbub/web/state/hosts.js";
import { isOnlyEmoji, markdown } from "../../src/hubbub/web/views/markdown.js";

/** A picture of the nodes as text, only to look at here. */
function picture(node) {
  if (node === null || node === undefined || node === false || node === true) return "";
  if (Array.isArray(node)) return node.map(picture).join("");
  if (typeof node !== "object") return String(node);
  const { children, ...properties } = node.props;
  const shown = Object.entries(properties).filter(([name]) => ["href", "class", "start", "text", "language", "tex", "display"].includes(name)).map(([name, value]) => ` ${name}=${value}`);
  const type = typeof node.type === "function" ? node.type.name || "Later" : node.type;
  return `<${type}${shown.join("")}>${picture(children)}</${type}>`;
}
const drawn = (text, reader = { me: "Ada", mentions: false }) => picture(markdown(text, reader));
const nodesOf = (node) => (Array.isArray(node) ? node.flatMap(nodesOf) : node?.props ? [node, ...nodesOf(node.props.children)] : []);

test("emphasis, code and lists become elements", () => {
  assert.equal(drawn("**a** _b_ ~~c~~ `d`"), "<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>");
  assert.match(drawn("3. x\n4. y"), /<ol start=3><li>\s*x<\/li><li>\s*y<\/li><\/ol>/);
  assert.equal(drawn("```py\nx < 1 && y\n```"), "<CodeBlock text=x < 1 && y language=py></CodeBlock>");
});

test("what stands between two bars on each side is hidden until one wants to see it", () => {
  assert.equal(drawn("who? ||the **butler**|| did"), "<p>who? <Spoiler>the <strong>butler</strong></Spoiler> did</p>");
  for (const text of ["a || b", "||", "||||", "|| a||", "`||a||`x", "||a\nb||"]) assert.doesNotMatch(drawn(text), /Spoiler/);
});

test("a line break is a line break", () => {
  assert.equal(drawn("one\ntwo"), "<p>one<br></br>two</p>");
});

test("HTML is nothing but words", () => {
  const text = "<img src=x onerror=alert(1)> <b>bold</b>";
  assert.equal(drawn(text), `<p>${text}</p>`);
  assert.equal(drawn("<script>alert(1)</script>"), "<p><script>alert(1)</script></p>");
  const types = new Set(nodesOf(markdown(`${text}\n\n<script>1</script>`, { me: "", mentions: false })).map((node) => node.type));
  assert.deepEqual([...types], ["p"]);
});

test("only addresses of pages and letters are links, and they give nothing away", () => {
  for (const address of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example"]) {
    assert.doesNotMatch(drawn(`[click](${address})`), /<a/);
    assert.ok(drawn(`[click](${address})`).includes(`[click](${address})`));
  }
  const link = nodesOf(markdown("see https://example.org/x and [me](mailto:a@example.org)", { me: "", mentions: false })).filter((node) => node.type === "a");
  assert.deepEqual(link.map((node) => node.props.href), ["https://example.org/x", "mailto:a@example.org"]);
  assert.ok(link.every((node) => node.props.rel === "noopener noreferrer nofollow" && node.props.target === "_blank"));
});

test("a link whose words are not its address says where it leads", () => {
  const hostsIn = (text) => nodesOf(markdown(text, { me: "", mentions: false })).filter((node) => node.props.class === "link-host").map((node) => node.props.children);
  const shown = [
    ["[bank.example](https://evil.example)", "evil.example"],
    ["[https://bank.example/](https://evil.example/)", "evil.example"],
    ["[**bank**.example](https://evil.example:8443/bank.example)", "evil.example:8443"],
    ["[the minutes](https://example.org/minutes)", "example.org"],
    ["[ada](mailto:mallory@evil.example?subject=hi)", "mallory@evil.example"],
    ["https://bank.example@evil.example/", "evil.example"],
    ["https://bank.example:pass@evil.example/x", "evil.example"],
    ["<https://b\u0430nk.example>", "xn--bnk-6cd.example"],
    ["[bank.example](https://bank.example.evil.example)", "bank.example.evil.example"],
    ["![bank.example](https://evil.example/x.png)", "evil.example"],
  ];
  for (const [text, host] of shown) assert.deepEqual(hostsIn(text), [host], text);
  const itself = ["https://example.org/a?b=c#d", "www.example.org", "<https://EXAMPLE.org/>", "[example.org/x](https://example.org/x)", "ada@example.org", "[https://example.org](https://example.org/)", "https://example.org:8443/x"];
  for (const text of itself) assert.deepEqual(hostsIn(text), [], text);
  const [link] = nodesOf(markdown("[minutes](https://example.org/minutes?of=today)", { me: "", mentions: false })).filter((node) => node.type === "a");
  assert.equal(link.props.title, "https://example.org/minutes?of=today");
});

test("a link to this site itself need not say so, unless it only looks like one", () => {
  assert.equal(hostBeside("https://chat.example/#/room/1", "in lobby", "chat.example"), "");
  assert.equal(hostBeside("https://chat.example@evil.example/", "in lobby", "chat.example"), "evil.example");
  assert.equal(hostBeside("https://ada@chat.example/", "in lobby", "chat.example"), "chat.example");
  assert.equal(hostBeside("https://chat.example:8443/", "in lobby", "chat.example"), "chat.example:8443");
});

test("what is no address is no link", () => {
  assert.equal(drawn("[x](https://)"), "<p>[x](https://)</p>");
});

test("a picture is a link to it, nothing is loaded", () => {
  assert.match(drawn("![cat](https://example.org/cat.png)"), /<a href=https:\/\/example.org\/cat.png>cat <bdi class=link-host>example.org<\/bdi><\/a>/);
  assert.doesNotMatch(drawn("![cat](https://example.org/cat.png)"), /<img/);
});

test("names stand out only where the server found people, one's own most", () => {
  assert.equal(drawn("@Grace look"), "<p>@Grace look</p>");
  assert.equal(drawn("@ada and @Grace.", { me: "Ada", mentions: true }), "<p><span class=name is-me>@ada</span> and <span class=name >@Grace</span>.</p>");
});

test("dollar signs and entities stay what they are", () => {
  assert.equal(drawn("$$ $& &lt; &amp;"), "<p>$$ $& &lt; &amp;</p>");
});

test("tables have heads and cells", () => {
  assert.match(drawn("|a|b|\n|-|-|\n|1|2|"), /<th>a<\/th><th>b<\/th>.*<td>1<\/td><td>2<\/td>/s);
});

test("deep nesting does not break anything", () => {
  assert.equal(typeof drawn(`${"> ".repeat(60)}deep`), "string");
});

test("one to three signs alone are shown large", () => {
  assert.deepEqual(["🎉", "👩‍💻 🎉", "🎉🎉🎉🎉", "ok 🎉", "12"].map(isOnlyEmoji), [true, true, false, false, false]);
});

test("words that were searched for are marked wherever they stand", () => {
  const reader = { me: "", mentions: false, wanted: ["cake"] };
  assert.equal(drawn("Cakes **and cake** `cake` <b>cake</b>", reader),
    "<p><mark>Cakes</mark> <strong>and <mark>cake</mark></strong> <code><mark>cake</mark></code> <b><mark>cake</mark></b></p>");
  assert.equal(drawn("pancake", reader), "<p>pancake</p>");
});

test("formulas stand between dollar signs, and money does not", () => {
  assert.equal(drawn("so $`a^2_b`$ is"), "<p>so <Later tex=a^2_b></Later> is</p>");
  assert.equal(drawn("see\n$$\n\\frac{1}{2} **x**\n$$\nthere"), "<p>see</p><Later tex=\\frac{1}{2} **x** display=true></Later><p>there</p>");
  for (const text of ["$5 and $6", "$$ and more", "$$$$", "$$\n\n$$", "`$`x`$`", "\\$`x`", "a $$b$$ c"]) assert.doesNotMatch(drawn(text), /Later/, text);
  assert.match(drawn("```\n$$x$$\n```"), /^<CodeBlock/);
});

test("of a formula only what is harmless is drawn", () => {
  const tree = harmless({ type: "math", attributes: { href: "javascript:1", style: "x", width: "2em", onclick: "x", display: "block" }, style: { color: "red", background: "url(x)", border: "1px solid rgb(1,2)" }, children: [
    { type: "script", children: [{ text: "<b>" }] }, { type: "mi", attributes: {}, children: [{ text: "x" }] }] });
  assert.deepEqual(tree, { type: "math", attributes: { width: "2em", display: "block" }, style: { color: "red" }, children: [
    { type: "mrow", attributes: {}, style: {}, children: ["<b>"] }, { type: "mi", attributes: {}, style: {}, children: ["x"] }] });
});
