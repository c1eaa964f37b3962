// Which language the page speaks: the one chosen in this browser, else the browser's own where there is a table for it.

import { ENGLISH, speak } from "../state/words.js";

const ITEM = "hubbub/language";

/** By their own names. Each is fetched only where it is spoken. @type {Record<string, { name: string, load: () => Promise<import("../state/words.js").Language> }>} */
export const LANGUAGES = {
  en: { name: "English", load: async () => ENGLISH },
  ar: { name: "العربية", load: () => import("../languages/ar.js").then(({ language }) => language) },
};

/** @returns {string} the name of it in `LANGUAGES` */
export function chosenLanguage() {
  const wanted = [kept(), ...navigator.languages.map((tag) => tag.split("-")[0])];
  return wanted.find((name) => Object.hasOwn(LANGUAGES, name)) ?? "en";
}

/** Before anything is drawn. Should the table not come, English is better than nothing. */
export async function speakChosenLanguage() {
  const language = await LANGUAGES[chosenLanguage()].load().catch(() => ENGLISH);
  speak(language);
  document.documentElement.lang = language.code;
  document.documentElement.dir = language.direction;
}

/** What is drawn already speaks the old one, so the page begins anew. Nothing is lost by that. @param {string} name */
export function chooseLanguage(name) {
  try {
    localStorage.setItem(ITEM, name);
  } catch {
    // A browser that keeps nothing stays with its own language.
  }
  location.reload();
}

function kept() {
  try {
    return localStorage.getItem(ITEM) ?? "";
  } catch {
    return "";
  }
}
