// Emoji to choose from: by group, by what one types, and those chosen lately.

/** @import { EmojiData } from "../types.d.ts" */

export const MOST_RECENT = 16;
const MOST_FOUND = 60;
/** The order of the data's own groups, and what they are called here; the third holds only parts of others. */
const GROUPS = ["Smileys", "People", null, "Nature", "Food", "Places", "Activities", "Objects", "Symbols", "Flags"];

/** @typedef {{ name: string, emoji: EmojiData[] }} EmojiGroup */

/** @param {EmojiData[]} all @returns {EmojiGroup[]} */
export function emojiGroups(all) {
  const sorted = all.filter((each) => each.order !== undefined).sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
  return GROUPS.flatMap((name, group) => (name === null ? [] : [{ name, emoji: sorted.filter((each) => each.group === group) }]));
}

/** What fits the words: those whose name begins with them first. @param {EmojiData[]} all @param {string} words @returns {EmojiData[]} */
export function emojiMatching(all, words) {
  const wanted = words.trim().toLocaleLowerCase();
  if (!wanted) return [];
  const ranked = all.filter((each) => each.order !== undefined).map((each) => ({ each, rank: rankOf(each, wanted) }));
  return ranked.filter(({ rank }) => rank < Infinity).sort((one, other) => one.rank - other.rank || (one.each.order ?? 0) - (other.each.order ?? 0))
    .slice(0, MOST_FOUND).map(({ each }) => each);
}

/** @param {string[]} recent @param {string} emoji @returns {string[]} */
export const withRecent = (recent, emoji) => [emoji, ...recent.filter((each) => each !== emoji)].slice(0, MOST_RECENT);

/** @param {EmojiData} emoji @param {string} wanted */
function rankOf({ label, tags = [], unicode }, wanted) {
  if (unicode === wanted || label === wanted) return 0;
  if (label.startsWith(wanted) || tags.includes(wanted)) return 1;
  if (label.split(" ").some((word) => word.startsWith(wanted)) || tags.some((tag) => tag.startsWith(wanted))) return 2;
  return label.includes(wanted) ? 3 : Infinity;
}
