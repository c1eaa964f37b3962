// Words of one's own that count as if one were named. The server finds the same ones, for when no page is open.

export const MOST_KEYWORDS = 50;
export const KEYWORD_LENGTH = 50;

/** Signs that mean something in an expression. */
const SIGNS = /[\\^$.*+?()[\]{}|/]/g;
const LETTER = "[\\p{L}\\p{N}_]";

/** The last list and what finds its words: there is one person here. @type {{ of: readonly unknown[], finder: RegExp | null }} */
let last = { of: [], finder: null };

/** What finds these words in a text: whole, and whether they are written large or small; null for no words. @param {readonly unknown[]} keywords @returns {RegExp | null} */
export function finderOf(keywords) {
  if (last.of !== keywords) last = { of: keywords, finder: made(keywords) };
  return last.finder;
}

/** @param {readonly unknown[]} keywords @param {string} text */
export function hasKeyword(keywords, text) {
  const finder = finderOf(keywords);
  return finder !== null && text.normalize("NFC").search(finder) >= 0;
}

/** Words as they are kept, out of what somebody wrote into a field: one in each line, or with commas between. @param {string} text @returns {string[]} */
export function keywordsIn(text) {
  const words = text.split(/[\n,]/).map(tidy).filter((word) => word && [...word].length <= KEYWORD_LENGTH);
  return [...new Set(words)].slice(0, MOST_KEYWORDS);
}

/** @param {string} word */
const tidy = (word) => word.split(/\s+/u).filter(Boolean).join(" ");

/** @param {readonly unknown[]} keywords */
function made(keywords) {
  const words = keywords.filter((word) => typeof word === "string").map((word) => tidy(/** @type {string} */ (word))).slice(0, MOST_KEYWORDS);
  const ways = words.filter((word) => word && [...word].length <= KEYWORD_LENGTH).map((word) => word.normalize("NFC").replace(SIGNS, "\\$&"));
  return ways.length ? new RegExp(`(?<!${LETTER})(?:${ways.join("|")})(?!${LETTER})`, "giu") : null;
}
