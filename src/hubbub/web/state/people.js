// How people look without a picture: initials on one of twelve hues, the same wherever they appear. And several of them in words.

import { say } from "./words.js";

const HUES = 12;

/** @param {string} id @returns {number} from 0 to 11 */
export function hueOf(id) {
  let sum = 7;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % HUES;
}

/** @param {string} name @returns {string} one or two letters */
export function initialsOf(name) {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = (words.length > 1 ? [words[0], words[words.length - 1]] : words).map((word) => [...word][0]);
  return letters.join("").toLocaleUpperCase() || "?";
}

/** @param {string[]} names one at least @param {number} [more] how many there are beside these */
export function enumerated(names, more = 0) {
  if (more > 0) return say("# and # more", names.join(", "), more);
  return names.length === 1 ? names[0] : say("# and #", names.slice(0, -1).join(", "), names.at(-1) ?? "");
}

/** The word that is being completed before the caret: `@` and what follows it. @param {string} text @param {number} caret */
export function mentionBefore(text, caret) {
  const found = /(?:^|[\s(])@([\p{L}\p{N}_.-]*)$/u.exec(text.slice(0, caret));
  return found ? { words: found[1], start: caret - found[1].length - 1 } : null;
}

/** @template {{ name: string }} P @param {P[]} people @param {string} words @param {number} most @returns {P[]} */
export function peopleMatching(people, words, most) {
  const wanted = words.toLocaleLowerCase();
  const rank = (/** @type {P} */ person) => person.name.toLocaleLowerCase().indexOf(wanted);
  return people
    .filter((person) => rank(person) >= 0)
    .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name))
    .slice(0, most);
}
