// Elements out of names and texts. Nothing here ever reads a text as HTML.

/**
 * @param {string} name @param {Record<string, string>} attributes @param {(string | Node)[]} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** @param {string} text @returns {Node[]} the text, with what stands between backquotes as code */
export function prose(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : document.createTextNode(part)));
}

/** @param {string[]} heads @param {(string | Node)[][]} rows */
export function table(heads, rows) {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": heads.join(", ") },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)));
}

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
export function find(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}.`);
  return found;
}
