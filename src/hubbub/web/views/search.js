// The search: a field, how to narrow it, and what was found, each message with where it stands.

import { wordsWanted } from "../state/search.js";
import { say } from "../state/words.js";
import { html, useEffect, useRef } from "../view.js";
import { useClient } from "./context.js";
import { FoundMessage } from "./found-message.js";
import { Icon } from "./icons.js";
import { byTouch, moveAmong } from "./keyboard.js";

const LOOK_AFTER_MS = 250;
const WAYS = [
  ["from:ada", "by somebody"], ["in:kitchen", "in a room"], ["has:link", "with a link; or has:file"],
  ["before:2026-05-01", "before a day; or after:"], ['"for tea"', "these words side by side"],
];

/** @param {{ words: string }} properties */
export function SearchPage({ words }) {
  const client = useClient();
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const { status, messages } = client.see.search.value;
  useEffect(() => {
    if (!comeBack(client.search.followed) && (!byTouch() || !words)) field.current?.focus();
    return () => clearTimeout(timer.current);
  }, []);
  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = words;
  }, [words]);
  const look = (/** @type {number} */ wait) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => client.search.lookFor(field.current?.value ?? ""), wait);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    look(0);
  };
  const add = (/** @type {string} */ way) => {
    if (!field.current) return;
    field.current.value = `${field.current.value.trimEnd()} ${way}`.trimStart();
    field.current.focus();
    look(0);
  };
  const leave = (/** @type {any} */ event) => {
    client.search.followed = event.target.closest(".found-link")?.getAttribute("href") ?? client.search.followed;
  };
  return html`<main class="conversation search" aria-label="Search" tabindex="-1" inert=${client.see.roomsOver.value}>
    <header class="room-head">
      <a class="icon-button back-button" href="#/" aria-label="All rooms"><${Icon} name="back" /></a>
      <h1 class="visually-hidden">Search</h1>
      <form class="search-form" role="search" onSubmit=${submit}>
        <${Icon} name="find" />
        <input ref=${field} type="search" aria-label="Search messages" placeholder="Search messages" autocomplete="off" maxlength="500" value=${words}
          onInput=${() => look(LOOK_AFTER_MS)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "ArrowDown" && focusFirst(event)} />
      </form>
    </header>
    <div class="search-body" aria-busy=${status === "searching"} onClick=${leave} onKeyDown=${(/** @type {KeyboardEvent} */ event) => moveAmong(event, ".found-link")}>
      ${words.trim() ? html`<${Found} words=${words} />` : html`<${Ways} add=${add} />`}
    </div>
    <p class="visually-hidden" role="status">${status === "done" && (messages.length ? say("# messages found", messages.length) : say("Nothing found"))}</p>
  </main>`;
}

/** To the message that one went to from here, where one left off. @param {string} address @returns {boolean} whether it is there */
function comeBack(address) {
  const link = /** @type {HTMLElement | undefined} */ ([...document.querySelectorAll(".found-link")].find((each) => each.getAttribute("href") === address));
  link?.focus();
  link?.closest(".found")?.scrollIntoView({ block: "center" });
  return link !== undefined;
}

/** @param {KeyboardEvent} event */
function focusFirst(event) {
  const first = /** @type {HTMLElement | null} */ (document.querySelector(".found-link"));
  if (first) event.preventDefault();
  first?.focus();
}

/** @param {{ add: (way: string) => void }} properties */
function Ways({ add }) {
  return html`<section class="search-ways">
    <h2>Search every message you may read</h2>
    <p class="quiet">Write words as they begin. Narrow it down like this:</p>
    <ul>${WAYS.map(([way, words]) => html`<li key=${way}><button type="button" class="chip" onClick=${() => add(way)}><code>${way}</code></button><span class="quiet">${say(words)}</span></li>`)}</ul>
  </section>`;
}

/** @param {{ words: string }} properties */
function Found({ words }) {
  const client = useClient();
  const { messages, next, status, sentence } = client.see.search.value;
  if (status === "failed") return html`<div class="search-end"><p class="problem" role="alert">${sentence}</p><button type="button" class="button is-small" onClick=${() => client.search.tryAgain()}>Try again</button></div>`;
  if (status === "searching" && messages.length === 0) return null;
  if (messages.length === 0) return html`<div class="search-end"><p><b>Nothing found.</b></p><p class="quiet">Try fewer words, or only their beginnings. What was said a moment ago comes in a moment.</p></div>`;
  const wanted = wordsWanted(words);
  return html`<ul class="search-found" aria-label="Found messages">
      ${messages.map((message) => html`<li key=${`${message.room}/${message.seq}`}><${FoundMessage} message=${message} wanted=${wanted} /></li>`)}
    </ul>
    <div class="search-end">${next === null ? html`<p class="quiet">That is all.</p>`
      : html`<button type="button" class="button" onClick=${() => client.search.more()}>Older ones</button>`}</div>`;
}
