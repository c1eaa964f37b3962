// Records a voice message in the place of the composer: how long, how loud, and what becomes of it. A script of its own.

import { lengthWords } from "../state/files.js";
import { say } from "../state/words.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { useBlobAddress } from "./file-parts.js";
import { Icon, IconButton } from "./icons.js";
import { VoicePlayer } from "./voice-player.js";

const TICK_MS = 100;
const BARS = 40;
const LONGEST_SECONDS = 600;
const ENDINGS = /** @type {Record<string, string>} */ ({ "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" });
const PROBLEMS = /** @type {Record<string, string>} */ ({
  NotAllowedError: "The browser does not let this page use the microphone. Allow it in the browser's settings, then try again.",
  NotFoundError: "There is no microphone.",
  NotSupportedError: "This browser does not record over this connection. It needs HTTPS.",
});
const OTHERWISE = "The microphone does not answer. Another program may be using it.";

/** @typedef {{ blob: Blob, seconds: number }} Recorded */

/** @param {{ place: string, send: (keys: string[]) => void, close: () => void }} properties */
export function VoiceRecorder({ place, send, close }) {
  const client = useClient();
  const { recording, levels, seconds, problem } = useRecording();
  const [recorded, setRecorded] = useState(/** @type {Recorded | null} */ (null));
  const stop = async () => recording && setRecorded(await recording.end());
  const finish = async () => {
    const voice = recorded ?? (await recording?.end());
    if (!voice) return;
    const keys = client.files.add(place, [fileOf(voice)], { voice: true, duration: Math.round(voice.seconds * 10) / 10 });
    close();
    if (keys.length) send(keys);
  };
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => box.current?.focus(), []);
  useEffect(() => {
    if (seconds >= LONGEST_SECONDS && !recorded) stop();
  }, [seconds >= LONGEST_SECONDS]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return html`<div class="voice-recorder" ref=${box} role="group" aria-label="Voice message" tabindex="-1" onKeyDown=${keys}>
    <${IconButton} icon="delete" name="Throw it away" onClick=${close} />
    ${problem ? html`<p class="upload-problem" role="alert">${say(problem)}</p>`
      : recorded ? html`<${Recorded} recorded=${recorded} />`
      : html`<${Listening} ready=${recording !== null} levels=${levels} seconds=${seconds} stop=${stop} />`}
    ${!problem && html`<button type="button" class="send-button" aria-label="Send the voice message" title="Send" disabled=${!recording} onClick=${finish}><${Icon} name="send" /></button>`}
  </div>`;
}

/** The microphone from when this is drawn until it is not. */
function useRecording() {
  const client = useClient();
  const [recording, setRecording] = useState(/** @type {import("../connection/recording.js").Recording | null} */ (null));
  const [heard, setHeard] = useState({ seconds: 0, levels: /** @type {number[]} */ ([]) });
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let gone = false;
    /** @type {import("../connection/recording.js").Recording | null} */
    let mine = null;
    const begun = (/** @type {import("../connection/recording.js").Recording} */ listening) => {
      if (gone) return listening.letGo();
      mine = listening;
      return setRecording(listening);
    };
    client.files.record().then(begun, (/** @type {Error} */ error) => setProblem(PROBLEMS[error.name] ?? OTHERWISE));
    const timer = setInterval(() => mine && setHeard(({ levels }) => ({ seconds: mine?.seconds ?? 0, levels: [...levels, mine?.level() ?? 0].slice(-BARS) })), TICK_MS);
    return () => {
      gone = true;
      clearInterval(timer);
      mine?.letGo();
    };
  }, []);
  return { recording, problem, ...heard };
}

/** @param {{ ready: boolean, levels: number[], seconds: number, stop: () => void }} properties */
function Listening({ ready, levels, seconds, stop }) {
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (ready) button.current?.querySelector("button")?.focus();
  }, [ready]);
  return html`<span class="voice-dot" aria-hidden="true"></span>
    <span class="voice-time" role="timer">${lengthWords(seconds)}</span>
    <span class="voice-levels" aria-hidden="true">${levels.map((level, index) => html`<i key=${index} style=${{ height: `${Math.round(10 + level * 90)}%` }}></i>`)}</span>
    <span class="visually-hidden" role="status">${ready ? say("Recording.") : say("Asking for the microphone.")}</span>
    <span ref=${button}><${IconButton} icon="stop" name="Stop, and listen to it" disabled=${!ready} onClick=${stop} /></span>`;
}

/** @param {{ recorded: Recorded }} properties */
function Recorded({ recorded }) {
  const address = useBlobAddress(recorded.blob);
  return address ? html`<${VoicePlayer} address=${address} seconds=${recorded.seconds} />` : null;
}

/** @param {Recorded} recorded */
function fileOf({ blob }) {
  const moment = new Date().toISOString().slice(0, 16).replace("T", "-").replace(":", "");
  return new File([blob], `voice-${moment}.${ENDINGS[blob.type] ?? "webm"}`, { type: blob.type });
}
