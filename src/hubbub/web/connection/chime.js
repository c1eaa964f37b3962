// Two soft tones, made here, so that there is no file to fetch. A browser that wants a click first stays silent.

const TONES = [660, 880];
const EACH_SECONDS = 0.12;
const REST_SECONDS = 2;
const LOUDNESS = 0.06;

/** @type {AudioContext | undefined} */
let context;
/** What comes all at once, as after a lost connection, sounds once. */
let silentUntil = 0;

export function playChime() {
  try {
    context ??= new AudioContext();
    const { currentTime } = context;
    if (currentTime < silentUntil) return;
    silentUntil = currentTime + REST_SECONDS;
    TONES.forEach((tone, index) => playTone(/** @type {AudioContext} */ (context), tone, currentTime + index * EACH_SECONDS));
  } catch {
    // Without sound there is still the number in the title.
  }
}

/** @param {AudioContext} audio @param {number} tone @param {number} at */
function playTone(audio, tone, at) {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = tone;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + EACH_SECONDS * 2);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + EACH_SECONDS * 2);
}
