// How the page looks in this browser: light or dark, how close together, how strong the contrast.

/** @typedef {{ theme: "system" | "light" | "dark", density: "comfortable" | "compact", contrast: "system" | "more" }} Appearance */

/** What can be chosen; the first is what it is until then. @type {{ [Name in keyof Appearance]: Appearance[Name][] }} */
export const CHOICES = { theme: ["system", "light", "dark"], density: ["comfortable", "compact"], contrast: ["system", "more"] };

const NAMES = /** @type {(keyof Appearance)[]} */ (Object.keys(CHOICES));

/** @returns {Appearance} */
export function chosenAppearance() {
  return /** @type {Appearance} */ (Object.fromEntries(NAMES.map((name) => [name, chosen(name)])));
}

/** @param {Partial<Appearance>} [choice] made just now, and kept; what was chosen before holds beside it */
export function applyAppearance(choice = {}) {
  for (const [name, value] of Object.entries(choice)) keep(/** @type {keyof Appearance} */ (name), value);
  Object.assign(document.documentElement.dataset, chosenAppearance(), choice);
}

/** @param {keyof Appearance} name @returns {string} */
function chosen(name) {
  const allowed = /** @type {string[]} */ (CHOICES[name]);
  try {
    const kept = localStorage.getItem(`hubbub/${name}`) ?? "";
    return allowed.includes(kept) ? kept : allowed[0];
  } catch {
    return document.documentElement.dataset[name] ?? allowed[0];
  }
}

/** @param {keyof Appearance} name @param {string} value */
function keep(name, value) {
  try {
    localStorage.setItem(`hubbub/${name}`, value);
  } catch {
    // A browser that keeps nothing forgets the choice with the page; it still counts until then.
  }
}
