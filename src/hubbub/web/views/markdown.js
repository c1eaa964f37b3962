// Markdown to nodes, by way of the lexer alone: there never is a string of HTML, so there is nothing to sanitise.

/** @import { Token, Tokens } from "marked" */

import { hostBeside } from "../state/hosts.js";
import { say } from "../state/words.js";
import { html, Lexer } from "../view.js";
import { CodeBlock, Spoiler } from "./code.js";
import { hits } from "./hits.js";
import { later } from "./later.js";

const Formula = later(() => import("./formula.js").then((module) => module.Formula));
const SAFE_LINK = /^(https?|mailto):/i;
const NAME = /(^|[\s(])(@[\p{L}\p{N}_.-]*[\p{L}\p{N}_])/gu;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u{fe0f}|\u{200d}\p{Extended_Pictographic})*\s*){1,3}$/u;
const SPOILER = /^\|\|(?!\s)([^\n]+?)\|\|/;
const FORMULA = /^\$`([^`\n]+)`\$/;
const FORMULA_BLOCK = /^\$\$(?!\$)((?:(?!\n[ \t]*\n)[\s\S])+?)\$\$[ \t]*(?:\n|$)/;
/** `||words||`, and formulas in `$$`, beside what Markdown has. @type {any} */
const EXTENSIONS = {
  renderers: {},
  childTokens: {},
  startInline: [(/** @type {string} */ text) => text.indexOf("||"), (/** @type {string} */ text) => text.indexOf("$`")],
  inline: [function spoiler(/** @type {string} */ text) {
    const found = SPOILER.exec(text);
    // @ts-expect-error the lexer calls this as a method of its own
    return found && { type: "spoiler", raw: found[0], tokens: this.lexer.inlineTokens(found[1]) };
  }, (/** @type {string} */ text) => formula(FORMULA.exec(text), false)],
  startBlock: [(/** @type {string} */ text) => text.indexOf("\n$$") + 1 || -1],
  block: [(/** @type {string} */ text) => formula(FORMULA_BLOCK.exec(text), true)],
};
/** @param {RegExpExecArray | null} found @param {boolean} display */
const formula = (found, display) => (found?.[1].trim() ? { type: "formula", raw: found[0], tex: found[1].trim(), display } : undefined);
const OPTIONS = { gfm: true, breaks: true, extensions: EXTENSIONS };

/** @typedef {{ me: string, mentions: boolean, keywords?: RegExp | null, wanted?: string[] }} Reader whose eyes these are, whether the server found people named here, what finds the reader's own words, which words were searched for */

/** @param {string} text @param {Reader} reader @returns {any} nodes */
export function markdown(text, reader) {
  return new Lexer(OPTIONS).lex(text).map((token) => block(token, reader));
}

/** Whether the message is a sign or three, and may be large. @param {string} text */
export const isOnlyEmoji = (text) => ONLY_EMOJI.test(text.trim());

/** @type {Record<string, (token: any, reader: Reader) => any>} */
const BLOCKS = {
  space: () => null,
  def: () => null,
  hr: () => html`<hr />`,
  formula: (token) => html`<${Formula} tex=${token.tex} display />`,
  code: (token, reader) => html`<${CodeBlock} text=${token.text} language=${token.lang ?? ""} wanted=${reader.wanted} />`,
  heading: (token, reader) => html`<p class="message-heading" dir="auto">${inline(token.tokens, reader)}</p>`,
  paragraph: (token, reader) => html`<p dir="auto">${inline(token.tokens, reader)}</p>`,
  text: (token, reader) => (token.tokens ? inline(token.tokens, reader) : names(token.text, reader)),
  blockquote: (token, reader) => html`<blockquote>${token.tokens.map((/** @type {Token} */ each) => block(each, reader))}</blockquote>`,
  list: (token, reader) => list(token, reader),
  table: (token, reader) => table(token, reader),
  html: (token, reader) => html`<p dir="auto">${ownWords(token.text.trim(), reader)}</p>`,
};

/** @type {Record<string, (token: any, reader: Reader) => any>} */
const INLINES = {
  escape: (token) => token.text,
  html: (token, reader) => ownWords(token.text, reader),
  br: () => html`<br />`,
  formula: (token) => html`<${Formula} tex=${token.tex} />`,
  codespan: (token, reader) => html`<code>${hits(token.text, reader.wanted)}</code>`,
  strong: (token, reader) => html`<strong>${inline(token.tokens, reader)}</strong>`,
  em: (token, reader) => html`<em>${inline(token.tokens, reader)}</em>`,
  del: (token, reader) => html`<s>${inline(token.tokens, reader)}</s>`,
  link: (token, reader) => link(token, inline(token.tokens, reader)),
  image: (token) => link(token, token.text || token.href),
  text: (token, reader) => (token.tokens ? inline(token.tokens, reader) : names(token.text, reader)),
  checkbox: (token) => checkbox(token.checked),
  spoiler: (token, reader) => html`<${Spoiler}>${inline(token.tokens, reader)}<//>`,
};

/** @param {Token} token @param {Reader} reader */
function block(token, reader) {
  return Object.hasOwn(BLOCKS, token.type) ? BLOCKS[token.type](token, reader) : inline([token], reader);
}

/** @param {Token[] | undefined} tokens @param {Reader} reader */
function inline(tokens, reader) {
  return (tokens ?? []).map((token) => (Object.hasOwn(INLINES, token.type) ? INLINES[token.type](token, reader) : token.raw));
}

/**
 * Only addresses that lead to a page or a letter become links; others are shown as they were written. Words that are not the
 * address have its host beside them: they may look like another one. @param {Tokens.Link | Tokens.Image} token @param {any} content
 */
function link(token, content) {
  const { href, raw } = token;
  const host = SAFE_LINK.test(href) ? hostBeside(href, wordsOf(token), globalThis.location?.host) : null;
  if (host === null) return raw;
  return html`<a href=${href} title=${href} target="_blank" rel="noopener noreferrer nofollow">${content}${host && html`${" "}<bdi class="link-host" dir="ltr">${host}</bdi>`}</a>`;
}

/** @param {any} token @returns {string} */
const wordsOf = ({ tokens, text, raw }) => (tokens ? tokens.map(wordsOf).join("") : text ?? raw);

/** @param {string} text @param {Reader} reader */
function names(text, reader) {
  if (!reader.mentions || !text.includes("@")) return ownWords(text, reader);
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(NAME)) {
    const start = found.index + found[1].length;
    const own = found[2] === "@room" || found[2].slice(1).toLocaleLowerCase() === reader.me.toLocaleLowerCase();
    parts.push(ownWords(text.slice(end, start), reader), html`<span class="name ${own ? "is-me" : ""}">${found[2]}</span>`);
    end = start + found[2].length;
  }
  return [...parts, ownWords(text.slice(end), reader)];
}

/** Words that count for the reader as if they were named. @param {string} text @param {Reader} reader */
function ownWords(text, { keywords, wanted }) {
  if (wanted?.length) return hits(text, wanted);
  if (!keywords) return text;
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(keywords)) {
    parts.push(text.slice(end, found.index), html`<mark class="own-word">${found[0]}</mark>`);
    end = found.index + found[0].length;
  }
  return end === 0 ? text : [...parts, text.slice(end)];
}

/** @param {Tokens.List} token @param {Reader} reader */
function list(token, reader) {
  const items = token.items.map((item) => html`<li dir="auto">
    ${item.task && !hasCheckbox(item.tokens) && checkbox(item.checked === true)}${item.tokens.map((each) => block(each, reader))}
  </li>`);
  return token.ordered ? html`<ol start=${token.start === "" ? 1 : token.start}>${items}</ol>` : html`<ul>${items}</ul>`;
}

/** @param {Token[]} tokens @returns {boolean} */
function hasCheckbox(tokens) {
  return tokens.some((token) => token.type === "checkbox" || ("tokens" in token && hasCheckbox(token.tokens ?? [])));
}

/** @param {boolean} checked */
function checkbox(checked) {
  return html`<input type="checkbox" disabled checked=${checked} aria-label=${checked ? say("done") : say("to do")} />`;
}

/** @param {Tokens.Table} token @param {Reader} reader */
function table(token, reader) {
  return html`<div class="table-place" tabindex="0"><table>
    <thead><tr>${token.header.map((cell) => html`<th scope="col" dir="auto">${inline(cell.tokens, reader)}</th>`)}</tr></thead>
    <tbody>${token.rows.map((row) => html`<tr>${row.map((cell) => html`<td dir="auto">${inline(cell.tokens, reader)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
