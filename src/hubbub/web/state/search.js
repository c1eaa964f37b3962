// What was searched for and found.

/** @import { Message, SearchState } from "../types.d.ts" */

/** @type {SearchState} */
export const NOTHING_SEARCHED = { words: "", messages: [], next: null, status: "idle", sentence: "" };

/** @param {string} words @returns {SearchState} */
export const searching = (words) => ({ ...NOTHING_SEARCHED, words, status: words.trim() ? "searching" : "idle" });

/** A page came; one of a search that is no longer wanted changes nothing. @param {SearchState} search @param {string} words @param {{ items: Message[], next: string | null }} page @returns {SearchState} */
export function pageFound(search, words, { items, next }) {
  if (search.words !== words) return search;
  return { ...search, messages: [...search.messages, ...items], next, status: "done", sentence: "" };
}

/** @param {SearchState} search @param {string} words @param {string} sentence @returns {SearchState} */
export function searchFailed(search, words, sentence) {
  return search.words === words ? { ...search, status: "failed", sentence } : search;
}

/** The words to show up in what was found: without operators and what they narrow by. @param {string} query @returns {string[]} */
export function wordsWanted(query) {
  const rest = query.replaceAll(/\b(?:from|in|before|after|has):(?:"[^"]*"?|\S*)/gi, " ");
  return wordsIn(rest).map(plain);
}

/** A text in pieces, those marked that begin with one of the words. @param {string} text @param {string[]} wanted @returns {{ text: string, hit: boolean }[]} */
export function marked(text, wanted) {
  /** @type {{ text: string, hit: boolean }[]} */
  const pieces = [];
  for (const piece of text.split(/([\p{L}\p{N}\p{M}]+)/u).filter(Boolean)) {
    const hit = wanted.some((word) => plain(piece).startsWith(word));
    const last = pieces.at(-1);
    if (last && last.hit === hit) last.text += piece;
    else pieces.push({ text: piece, hit });
  }
  return pieces;
}

/** @param {string} text */
const wordsIn = (text) => text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
/** Without capitals and accents. @param {string} text */
const plain = (text) => text.toLocaleLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "");
