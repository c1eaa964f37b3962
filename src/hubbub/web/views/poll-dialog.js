// The dialog in which a poll is put together.

import { MOST_OPTIONS, OPTION_LENGTH } from "../state/polls.js";
import { say } from "../state/words.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { IconButton } from "./icons.js";
import { Field, formValues } from "./small.js";

const FEWEST = 2;
const HOUR_MS = 3_600_000;
/** @type {[string, number][]} */
const ENDS = [["When somebody closes it", 0], ["In an hour", HOUR_MS], ["In a day", 24 * HOUR_MS], ["In a week", 7 * 24 * HOUR_MS]];

export function PollDialog() {
  const client = useClient();
  const { begun } = client.polls;
  const [question, setQuestion] = useState(begun?.question ?? "");
  const [options, setOptions] = useState(() => withSpace(begun?.options ?? []));
  const [problem, setProblem] = useState("");
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const submit = (/** @type {Event} */ event) => {
    const { multiple, ends } = formValues(event);
    const given = options.map((option) => option.trim().replace(/\s+/g, " ")).filter(Boolean);
    const wrong = whatIsWrong(question, given);
    setProblem(wrong);
    if (wrong || !begun) return;
    const closes = Number(ends) > 0 ? { closes_at: new Date(Date.now() + Number(ends)).toISOString() } : {};
    client.polls.ask(begun, question.trim(), { options: given, ...(multiple ? { multiple: true } : {}), ...closes });
  };
  return html`<form class="poll-form" ref=${form} onSubmit=${submit}>
    <${Field} label="Question" name="question" required autocomplete="off" dir="auto" value=${question}
      onInput=${(/** @type {any} */ event) => setQuestion(event.currentTarget.value)} />
    <${OptionFields} options=${options} change=${(/** @type {string[]} */ changed) => setOptions(withSpace(changed))} />
    <label class="poll-several"><input type="checkbox" name="multiple" value="yes" />Several may be chosen</label>
    <div class="field"><label for="poll-ends">It closes</label>
      <select id="poll-ends" name="ends">${ENDS.map(([name, after]) => html`<option key=${name} value=${after}>${say(name)}</option>`)}</select></div>
    <p class="quiet">Everybody in the room sees who chose what.</p>
    <p class="problem" role="alert">${problem}</p>
    <button type="submit" class="button is-main">Ask</button>
  </form>`;
}

/** @param {{ options: string[], change: (options: string[]) => void }} properties */
function OptionFields({ options, change }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const write = (/** @type {number} */ at, /** @type {string} */ words) => change(options.with(at, words));
  const keys = (/** @type {KeyboardEvent} */ event, /** @type {number} */ at) => {
    if (event.key !== "Enter" || event.isComposing || at + 1 >= options.length) return;
    event.preventDefault();
    list.current?.querySelectorAll("input")[at + 1]?.focus();
  };
  return html`<fieldset class="poll-fields" ref=${list}><legend>Options</legend>
    ${options.map((option, at) => html`<div class="poll-field field" key=${at}>
      <input type="text" dir="auto" autocomplete="off" maxlength=${OPTION_LENGTH} aria-label="${say("Option")} ${at + 1}" placeholder="${say("Option")} ${at + 1}" value=${option}
        onInput=${(/** @type {any} */ event) => write(at, event.currentTarget.value)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => keys(event, at)} />
      ${option && options.length > FEWEST && html`<${IconButton} icon="close" name="${say("Take out option")} ${at + 1}" onClick=${() => change(options.toSpliced(at, 1))} />`}
    </div>`)}
  </fieldset>`;
}

/** Always one more field than there are options, as far as there may be more. @param {string[]} options */
function withSpace(options) {
  const last = options.findLastIndex((option) => option !== "");
  const length = Math.min(MOST_OPTIONS, Math.max(FEWEST, last + 2));
  return Array.from({ length }, (_, at) => options[at] ?? "");
}

/** @param {string} question @param {string[]} options */
function whatIsWrong(question, options) {
  if (!question.trim()) return say("A poll asks something. Write a question.");
  if (options.length < FEWEST) return say("Give two options at least.");
  return new Set(options).size < options.length ? say("Two options say the same.") : "";
}
