// Where one writes. The draft is kept with every keystroke; sending never waits for the network.

/** @import { MyRoom } from "../types.d.ts" */

import { placeOf } from "../state/threads.js";
import { typingSentence } from "../state/typing.js";
import { say } from "../state/words.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { useAttaching } from "./attaching.js";
import { useCompletion } from "./completion.js";
import { useClient } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { byTouch } from "./keyboard.js";
import { useCaretKept, useGrowing } from "./growing.js";
import { QuoteToSend } from "./quote.js";
import { SendLaterButton } from "./send-later-button.js";

/** @param {{ room: MyRoom, thread?: number }} properties `thread`: the first message of the one that is written in */
export function Composer({ room, thread }) {
  const client = useClient();
  const place = thread === undefined ? room.id : placeOf(room.id, thread);
  const text = client.see.drafts.value[place] ?? "";
  const quoted = client.see.replying.value[place];
  const [alsoToRoom, setAlsoToRoom] = useState(false);
  const over = [...text].length - client.see.limits.value.text;
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const attaching = useAttaching(place, field, (keys) => client.outgoing.post(room.id, "", { thread, uploads: keys }));
  const hasFiles = attaching.keys.length > 0;
  const maySend = (text.trim() !== "" || hasFiles) && !attaching.blocked && over <= 0;
  useGrowing(field, text);
  useCaretKept(field, text);
  useEffect(() => {
    if (!byTouch()) field.current?.focus({ preventScroll: true });
  }, [place]);
  const completion = useCompletion(room, field, (changed) => client.messages.keepDraft(place, changed));
  const send = () => {
    if (!maySend || (!hasFiles && client.polls.beginWritten({ room: room.id, thread, place }, text))) return;
    client.outgoing.post(room.id, text.trim(), { thread, also_to_room: alsoToRoom, reply_to: quoted, ...(hasFiles ? { uploads: attaching.keys } : {}) });
    client.messages.keepDraft(place, "");
    client.messages.replyTo(place, null);
    setAlsoToRoom(false);
    client.reading.stoppedTyping(room.id);
    field.current?.focus();
  };
  const write = (/** @type {any} */ event) => {
    client.messages.keepDraft(place, event.currentTarget.value);
    if (event.currentTarget.value.trim()) client.reading.typing(room.id);
    completion.look();
  };
  const keys = (/** @type {KeyboardEvent} */ event) => completion.keys(event) || composerKeys(event, client, place, send);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  const name = thread === undefined ? `${say("Message")} ${room.name}` : say("Reply in this thread");
  return html`<form class="composer" onSubmit=${submit}>
    ${completion.list}
    ${quoted !== undefined && html`<${QuoteToSend} room=${room.id} seq=${quoted} cancel=${() => client.messages.replyTo(place, null)} />`}
    <div class="composer-box">
      ${attaching.tiles}${attaching.clip}
      <textarea ref=${field} rows="1" dir="auto" aria-label=${name} placeholder=${name} enterkeyhint="enter" value=${text}
        onInput=${write} onKeyDown=${keys} onClick=${completion.look} onBlur=${completion.close} onPaste=${attaching.paste} ...${completion.attributes}></textarea>
      <${IconButton} icon="poll" name="Ask with a poll" class="poll-button" onClick=${() => client.polls.begin({ room: room.id, thread, question: text.trim(), options: [], place })} />
      ${attaching.microphone}
      <button type="submit" class="send-button" aria-label="Send" title="Send" disabled=${!maySend}><${Icon} name="send" /></button>
      ${maySend && !hasFiles && html`<${SendLaterButton} room=${room.id} thread=${thread} alsoToRoom=${alsoToRoom} />`}
    </div>
    ${thread !== undefined && html`<label class="also-to-room"><input type="checkbox" checked=${alsoToRoom} onChange=${() => setAlsoToRoom(!alsoToRoom)} />Also to ${room.name}</label>`}
    <${Foot} room=${room} over=${over} blocked=${attaching.blocked} />
  </form>`;
}

/** One line of a fixed height, so that nothing moves when somebody begins to type. @param {{ room: MyRoom, over: number, blocked: boolean }} properties */
function Foot({ room, over, blocked }) {
  const { see } = useClient();
  const sentence = typingSentence(see.typing.value[room.id]?.names ?? []);
  if (over > 0) return html`<p class="composer-foot is-problem" role="alert">${over.toLocaleString()} characters too long. Send it in two parts.</p>`;
  if (blocked) return html`<p class="composer-foot is-problem" role="alert">A file did not upload. Try it again or take it off, then send.</p>`;
  return html`<p class="composer-foot">
    <span class="typing">${sentence && html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>`}${sentence}</span>
    <span class="composer-hint" aria-hidden="true"><kbd>Enter</kbd> sends <kbd>Shift Enter</kbd> new line</span>
  </p>`;
}

/** @param {KeyboardEvent} event @param {import("../client.js").Client} client @param {string} place @param {() => void} send */
function composerKeys(event, client, place, send) {
  const field = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing && !byTouch()) {
    event.preventDefault();
    send();
  } else if (event.key === "ArrowUp" && field.value === "" && !event.altKey) {
    const last = client.messages.lastOwn(place);
    if (last) event.preventDefault();
    if (last) client.messages.edit(last.seq);
  } else if (event.key === "Escape" && client.store.now.replying[place] !== undefined) {
    event.preventDefault();
    client.messages.replyTo(place, null);
  }
}
