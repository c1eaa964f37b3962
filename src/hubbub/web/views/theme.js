// Light, dark, or as the system has it.

/** @typedef {"system" | "light" | "dark"} Theme */

const ITEM = "hubbub/theme";

/** @returns {Theme} */
export function chosenTheme() {
  try {
    const theme = localStorage.getItem(ITEM);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

/** @param {Theme} [theme] chosen just now; without it, the one chosen before */
export function applyTheme(theme) {
  try {
    if (theme) localStorage.setItem(ITEM, theme);
  } catch {
    // A browser that keeps nothing forgets the choice with the page; it still counts until then.
  }
  document.documentElement.dataset.theme = theme ?? chosenTheme();
}
