// Reads the client's modules and finds every phrase in them: what stands in templates, and what is said in functions.

import { mapPhrases } from "../../src/hubbub/web/state/words.js";

/** What is written in a template or passed on, but is nobody's words: keys, and names. */
const NO_WORDS = /^[^\p{L}]*$|^(Ctrl|Alt|Shift|Enter|Escape|Delete|Hubbub|[A-Z])( +[\p{L}↑↓]+)*$|^hubbub serve$/u;

/** @param {string} code a module @returns {string[]} its phrases, each once */
export function phrasesIn(code) {
  const found = new Set();
  const reader = new Reader(code, (strings) => mapPhrases(strings, (phrase) => found.add(phrase) && phrase), (phrase) => found.add(phrase));
  reader.code(0, "");
  return [...found].filter((phrase) => !NO_WORDS.test(phrase));
}

/** Goes through code as far as one must to know where its strings and templates begin and end. */
class Reader {
  constructor(text, template, said) {
    Object.assign(this, { text, template, said });
  }

  /** From `at` to the `end` that belongs to it; gives where it stands. */
  code(at, end) {
    for (let depth = 0; at < this.text.length; at += 1) {
      const sign = this.text[at];
      if (sign === end && depth === 0) return at;
      if (sign === "{") depth += 1;
      else if (sign === "}") depth -= 1;
      else if (this.text.startsWith("//", at)) at = this.text.indexOf("\n", at);
      else if (this.text.startsWith("/*", at)) at = this.text.indexOf("*/", at) + 1;
      else if (sign === "/" && this.isRegExp(at)) at = this.regExp(at);
      else if (sign === "\"" || sign === "'") at = this.string(at, sign);
      else if (sign === "`") at = this.templateAt(at);
    }
    return this.text.length;
  }

  isRegExp(at) {
    return /(?:^|[(,=:[!&|?{};\n]|=>|return)\s*$/.test(this.text.slice(Math.max(0, at - 20), at));
  }

  regExp(at) {
    for (let inClass = false, i = at + 1; i < this.text.length; i += 1) {
      if (this.text[i] === "\\") i += 1;
      else if (this.text[i] === "[") inClass = true;
      else if (this.text[i] === "]") inClass = false;
      else if (this.text[i] === "/" && !inClass) return i;
    }
    return this.text.length;
  }

  string(at, quote) {
    let end = at + 1;
    while (this.text[end] !== quote) end += this.text[end] === "\\" ? 2 : 1;
    const words = this.text.slice(at + 1, end);
    const before = this.text.slice(Math.max(0, at - 8), at);
    if (/\bsay\($/.test(before) || (isSentence(words) && !/\bError\($/.test(before))) this.said(words);
    return end;
  }

  templateAt(at) {
    const isDrawn = /\bhtml$/.test(this.text.slice(Math.max(0, at - 6), at));
    const strings = [""];
    let i = at + 1;
    for (; this.text[i] !== "`"; i += 1) {
      if (this.text[i] === "\\") strings[strings.length - 1] += this.text[(i += 1)];
      else if (this.text.startsWith("${", i)) {
        i = this.code(i + 2, "}");
        strings.push("");
      } else strings[strings.length - 1] += this.text[i];
    }
    if (isDrawn) this.template(strings);
    return i;
  }
}

/** A capital, and a space or an end: people read it, wherever it stands. @param {string} words */
const isSentence = (words) => /^\p{Lu}\p{L}*[’']?\p{L}*(?:[ ,…].*|\.)$/u.test(words);
