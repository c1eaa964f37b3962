// A voice note: the microphone, how loud it is, and what was recorded. A script of its own, for whoever records one.

const PIECE_MS = 1_000;
/** In the order of preference; what the browser has none of it chooses itself. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_PER_SECOND = 32_000;

/** @typedef {{ blob: Blob, seconds: number }} Recorded */

export class Recording {
  /** @type {Blob[]} */ #pieces = [];
  #begunAt = 0;
  #seconds = 0;

  /** Asks for the microphone; refused with the browser's own error. @returns {Promise<Recording>} */
  static async begin() {
    if (!navigator.mediaDevices || !("MediaRecorder" in globalThis)) throw new DOMException("There is no recorder.", "NotSupportedError");
    return new Recording(await navigator.mediaDevices.getUserMedia({ audio: true }));
  }

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.stream = stream;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: BITS_PER_SECOND });
    this.recorder.ondataavailable = ({ data }) => this.#pieces.push(data);
    this.recorder.start(PIECE_MS);
    this.#begunAt = performance.now();
    this.audio = new AudioContext();
    this.meter = new AnalyserNode(this.audio, { fftSize: 512 });
    this.audio.createMediaStreamSource(stream).connect(this.meter);
  }

  get seconds() {
    return this.#seconds || (performance.now() - this.#begunAt) / 1000;
  }

  /** How loud it is just now, from 0 to 1. */
  level() {
    const wave = new Float32Array(this.meter.fftSize);
    this.meter.getFloatTimeDomainData(wave);
    const power = wave.reduce((sum, each) => sum + each * each, 0) / wave.length;
    return Math.min(1, Math.sqrt(power) * 4);
  }

  /** @returns {Promise<Recorded>} all that was said */
  async end() {
    this.#seconds = this.seconds;
    const ended = new Promise((resolve) => (this.recorder.onstop = resolve));
    if (this.recorder.state === "inactive") return this.#recorded();
    this.recorder.stop();
    await ended;
    this.letGo();
    return this.#recorded();
  }

  /** The browser shows no longer that somebody listens. */
  letGo() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.stream.getTracks().forEach((track) => track.stop());
    if (this.audio.state !== "closed") this.audio.close();
  }

  /** @returns {Recorded} */
  #recorded() {
    const type = this.recorder.mimeType.split(";")[0] || "audio/webm";
    return { blob: new Blob(this.#pieces, { type }), seconds: this.#seconds };
  }
}
