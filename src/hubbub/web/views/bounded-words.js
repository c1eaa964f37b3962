// The words of a message where it stands among others from elsewhere: as in its room, but no higher than a few lines.

import { html, useLayoutEffect, useRef } from "../view.js";
import { markdown } from "./markdown.js";

/** @param {{ text: string, wanted?: string[] }} properties where one of the `wanted` words is, there one looks first */
export function BoundedWords({ text, wanted = [] }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => showFirstHit(box.current), [text, wanted.join(" ")]);
  return html`<div class="message-text bounded-words" ref=${box}>${markdown(text, { me: "", mentions: false, wanted })}</div>`;
}

/** @param {HTMLElement | null} box */
function showFirstHit(box) {
  if (!box) return;
  const hit = box.querySelector("mark");
  const below = hit ? hit.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom : 0;
  box.scrollTop = below > 0 ? below + box.clientHeight / 2 : 0;
  box.classList.toggle("is-cut-above", box.scrollTop > 0);
  box.classList.toggle("is-cut-below", box.scrollTop + box.clientHeight < box.scrollHeight - 1);
}
