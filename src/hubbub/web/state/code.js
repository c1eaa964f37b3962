// Code in its parts, for colours: comments, words in quotes, numbers and the words of the language. A reader's help, not a parser.

/** @typedef {{ kind: "comment" | "string" | "number" | "keyword" | "plain", text: string }} CodePart */

const LONGEST = 20_000;
const STRINGS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/.source;
const NUMBERS = /\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\b/.source;
const WORDS = /[A-Za-z_$][\w$]*/.source;

const SLASHES = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/.source;
const HASHES = /#[^\n]*/.source;
const TRIPLE = /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)/.source;
const DASHES = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/.source;
const TAGS = /<!--[\s\S]*?(?:-->|$)/.source;

const C_LIKE = "abstract as async await bool boolean break byte case catch char class const continue def default defer delete do double else enum export extends false final finally float fn for from func function if impl implements import in instanceof int interface internal let long match mod module mut namespace new nil null of override package private protected pub public return self short static string struct super switch this throw throws trait true try type typeof undefined union unsafe use using val var virtual void when where while yield";
const SCRIPTS = "and as assert async await begin break case class continue def del do done elif else end except export false False fi finally for from function global if import in is lambda local match module None nonlocal not or pass raise rescue return self then True true try unless until while with yield";
const QUERIES = "alter and as asc begin between by case commit create cross delete desc distinct drop else end exists false from full group having in index inner insert into is join left like limit not null offset on or order outer primary references returning right rollback select set table then true union unique update using values view when where with";

/** @type {[string, { comments: string, keywords: string, folds?: boolean }][]} */
const FAMILIES = [
  ["js jsx ts tsx javascript typescript java c h cpp hpp c++ cs csharp go golang rust rs swift kotlin kt scala dart php css scss json json5 jsonc", { comments: SLASHES, keywords: C_LIKE }],
  ["py python rb ruby sh bash zsh shell console yaml yml toml ini dockerfile makefile make perl r elixir ex julia", { comments: `${TRIPLE}|${HASHES}`, keywords: SCRIPTS }],
  ["sql psql mysql sqlite lua haskell hs", { comments: DASHES, keywords: QUERIES, folds: true }],
  ["html xml svg vue", { comments: TAGS, keywords: "" }],
];

/** @param {string} text @param {string} language as it stands after the fence @returns {CodePart[]} the text again, in parts */
export function codeParts(text, language) {
  const name = language.trim().split(/\s/)[0].toLowerCase();
  const family = name && text.length <= LONGEST ? FAMILIES.find(([names]) => names.split(" ").includes(name))?.[1] : undefined;
  if (!family) return [{ kind: "plain", text }];
  const keywords = new Set(family.keywords.split(" "));
  const pattern = new RegExp(`(?<comment>${family.comments})|(?<string>${STRINGS})|(?<number>${NUMBERS})|(?<word>${WORDS})`, "g");
  /** @type {CodePart[]} */
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const kind = kindOf(found, keywords, family.folds === true);
    if (kind === "plain") continue;
    if (found.index > end) parts.push({ kind: "plain", text: text.slice(end, found.index) });
    parts.push({ kind, text: found[0] });
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push({ kind: "plain", text: text.slice(end) });
  return parts;
}

/** @param {RegExpMatchArray} found @param {Set<string>} keywords @param {boolean} folds @returns {CodePart["kind"]} */
function kindOf({ 0: text, groups }, keywords, folds) {
  if (groups?.comment !== undefined) return text.startsWith('"""') || text.startsWith("'''") ? "string" : "comment";
  if (groups?.string !== undefined) return "string";
  if (groups?.number !== undefined) return "number";
  return keywords.has(folds ? text.toLowerCase() : text) ? "keyword" : "plain";
}
