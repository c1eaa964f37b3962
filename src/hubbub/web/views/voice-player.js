// A voice message: play, pause, and where one is in it. One plays at a time.

import { lengthWords } from "../state/files.js";
import { html, useRef, useState } from "../view.js";
import { IconButton } from "./icons.js";

/** @param {{ address: string, seconds?: number, onError?: () => void }} properties */
export function VoicePlayer({ address, seconds, onError }) {
  const sound = useRef(/** @type {HTMLAudioElement | null} */ (null));
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [found, setFound] = useState(0);
  const whole = seconds ?? found;
  const press = () => {
    if (playing) return sound.current?.pause();
    document.querySelectorAll("audio, video").forEach((other) => /** @type {HTMLMediaElement} */ (other).pause());
    return sound.current?.play().catch(() => setPlaying(false));
  };
  const ended = () => {
    setPlaying(false);
    setAt(0);
  };
  const learn = (/** @type {any} */ event) => Number.isFinite(event.currentTarget.duration) && setFound(event.currentTarget.duration);
  const seek = (/** @type {any} */ event) => {
    setAt(Number(event.currentTarget.value));
    if (sound.current) sound.current.currentTime = Number(event.currentTarget.value);
  };
  return html`<div class="voice">
    <audio ref=${sound} src=${address} preload=${seconds ? "none" : "metadata"} onPlay=${() => setPlaying(true)} onPause=${() => setPlaying(false)} onEnded=${ended}
      onTimeUpdate=${(/** @type {any} */ event) => setAt(event.currentTarget.currentTime)} onDurationChange=${learn} onError=${onError}></audio>
    <${IconButton} icon=${playing ? "pause" : "play"} name=${playing ? "Pause the voice message" : "Play the voice message"} class="voice-play" onClick=${press} />
    <input type="range" min="0" max=${whole || 1} step="0.1" value=${Math.min(at, whole || 1)} disabled=${!whole} aria-label="Where in the voice message" aria-valuetext=${lengthWords(at)} onInput=${seek} />
    <span class="voice-time">${playing || at || whole ? lengthWords(playing || at ? at : whole) : ""}</span>
  </div>`;
}
