// The sheet of all keys.

import { say } from "../state/words.js";
import { html } from "../view.js";
import { FIND_KEYS } from "./keyboard.js";

/** What `listenToKeys` and the views do. */
const SHORTCUTS = [
  { where: "Everywhere", keys: [
    [FIND_KEYS, "To any room, and anything you can do"],
    ["Ctrl Shift F", "Search messages"],
    ["Alt ↑  Alt ↓", "Previous or next room"],
    ["Alt Shift ↑  Alt Shift ↓", "Previous or next unread room"],
    ["/", "Go to the composer"],
    ["Escape", "Back to where you were"],
    ["?", "This list"],
  ] },
  { where: "While you write", keys: [
    ["Enter", "Send the message"],
    ["Shift Enter", "Begin a new line"],
    ["↑", "Edit your last message, while the composer is empty"],
    ["@", "Name somebody"],
  ] },
  { where: "In the list of messages", keys: [
    ["↑  ↓", "To the message before or after"],
    ["Enter", "To what can be done with it"],
    ["E  Delete", "Edit or delete it"],
    ["R", "Reply with a quote"],
    ["T", "Reply in a thread"],
    ["+", "React"],
    ["U", "Mark unread from here"],
  ] },
];

export function Shortcuts() {
  return html`<div class="shortcuts" tabindex="0">${SHORTCUTS.map(({ where, keys: all }) => html`<section key=${where}><h3>${say(where)}</h3>
    <dl>${all.map(([keys, words]) => html`<div key=${keys}><dt>${keys.split("  ").map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${say(words)}</dd></div>`)}</dl>
  </section>`)}</div>`;
}
