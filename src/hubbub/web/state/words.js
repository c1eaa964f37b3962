// The words of the interface in the language that was chosen. English is what stands in the views; other languages are tables beside it.

/** @typedef {{ code: string, direction: "ltr" | "rtl", words: Record<string, string> }} Language */

/** @type {Language} */
export const ENGLISH = { code: "en-GB", direction: "ltr", words: {} };

/** Attributes whose words people see or hear. `label`, `hint` and `name` are those of our own components. */
const SPOKEN = new Set(["aria-label", "title", "placeholder", "alt", "label", "hint", "name"]);

let current = ENGLISH;
/** @type {WeakMap<TemplateStringsArray, TemplateStringsArray>} */
let templates = new WeakMap();

/** Before anything is drawn. @param {Language} language */
export function speak(language) {
  current = language;
  templates = new WeakMap();
}

/** For the browser's own formats of dates and numbers. */
export const languageCode = () => current.code;

/**
 * @param {string} english a whole phrase @param {(string | number)[]} values what stands in it in the place of each `#`
 * @returns {string} itself, where the language has no other words for it
 */
export function say(english, ...values) {
  const words = Object.hasOwn(current.words, english) ? current.words[english] : english;
  return values.length ? words.split("#").reduce((all, part, index) => `${all}${values[index - 1]}${part}`) : words;
}

/** What is written out in a template; what people have said comes in by its values, and is left as it is. @param {TemplateStringsArray} strings */
export function translated(strings) {
  if (current === ENGLISH) return strings;
  const known = templates.get(strings);
  if (known) return known;
  const made = /** @type {TemplateStringsArray} */ (/** @type {unknown} */ (mapPhrases(strings, say)));
  templates.set(strings, made);
  return made;
}

/**
 * The parts of a template with every phrase of it changed: text between tags, and values of attributes that are spoken.
 * @param {readonly string[]} strings @param {(phrase: string) => string} change @returns {string[]}
 */
export function mapPhrases(strings, change) {
  const place = { inTag: false, attribute: "", quote: "" };
  return strings.map((part) => {
    let out = "";
    for (const piece of part.match(PIECES) ?? []) out += isPhrase(place, piece) ? around(piece, change) : piece;
    return out;
  });
}

/** A tag's beginning, its end, the beginning of a value, a quote, or whatever stands between these. */
const PIECES = /<|>|[\w-]+="|"|[^<>"]+?(?=<|>|"|[\w-]+="|$)/g;

/** Goes on by one piece. @param {{ inTag: boolean, attribute: string, quote: string }} place @param {string} piece @returns {boolean} whether it is words */
function isPhrase(place, piece) {
  if (place.quote) {
    if (piece === place.quote) place.quote = "";
    else return isSpoken(place.attribute, piece);
  } else if (place.inTag && piece.endsWith('="')) {
    place.attribute = piece.slice(0, -2);
    place.quote = '"';
  } else if (piece === "<") place.inTag = true;
  else if (piece === ">") place.inTag = false;
  else return !place.inTag;
  return false;
}

/** A `name` with a capital is what a button is called; one without is for programs. @param {string} attribute @param {string} value */
const isSpoken = (attribute, value) => SPOKEN.has(attribute) && (attribute !== "name" || /^\p{Lu}/u.test(value));

/** @param {string} text @param {(phrase: string) => string} change */
function around(text, change) {
  const phrase = text.trim();
  return phrase ? text.replace(phrase, () => change(phrase.replaceAll(/\s+/g, " "))) : text;
}
