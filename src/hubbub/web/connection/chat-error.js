// What went wrong, in a sentence for people and a code for the program. REST problems and WebSocket errors become the same thing.

const UNREACHABLE = "The server cannot be reached. Check your connection and try again.";

export class ChatError extends Error {
  /** @param {string} code @param {string} message @param {{ retryAfter?: number | null, fields?: Record<string, string> }} [more] */
  constructor(code, message, { retryAfter = null, fields = {} } = {}) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
    this.fields = fields;
  }

  /** @param {{ type: string, [field: string]: any }} frame an `error` of the WebSocket */
  static ofFrame(frame) {
    return new ChatError(frame.code ?? "unavailable", frame.message ?? UNREACHABLE, { retryAfter: frame.retry_after ?? null });
  }

  /** @param {Response} response @returns {Promise<ChatError>} */
  static async ofResponse(response) {
    const problem = await response.json().catch(() => ({}));
    const code = problem.code ?? (response.status >= 500 ? "unavailable" : "invalid");
    const text = problem.detail ?? problem.title ?? `The server answered ${response.status}. Try again in a moment.`;
    const fields = Object.fromEntries((problem.errors ?? []).map((/** @type {any} */ error) => [error.field, error.message]));
    return new ChatError(code, text, { retryAfter: problem.retry_after ?? null, fields });
  }

  static unreachable() {
    return new ChatError("unavailable", UNREACHABLE);
  }
}
