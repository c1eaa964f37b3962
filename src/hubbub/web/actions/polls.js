// Asking and voting. A vote is kept in the browser until the server has it, so that it survives a lost connection.

/** @import { Id, Message, NewPoll } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { ChatError } from "../connection/chat-error.js";
import * as storage from "../connection/storage.js";
import { pollWritten } from "../state/polls.js";
import { voteBegun, voteDone, voteSent } from "../state/votes.js";

const RETRY_AFTER_SECONDS = 5;
const PASSING = new Set(["unavailable", "rate_limited", "unauthenticated"]);

/** @typedef {{ room: Id, thread?: number, question: string, options: string[], place?: string }} BegunPoll a poll that is being put together; `place`: whose draft becomes it */

export class Polls {
  /** @type {BegunPoll | null} */ begun = null;
  /** @type {Set<string>} */ #sending = new Set();
  /** Votes that this browser keeps, so that another tab may have dealt with them. @type {Set<string>} */ #kept = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  // Asking

  /** Opens the dialog. @param {BegunPoll} poll */
  begin(poll) {
    this.begun = poll;
    this.client.navigation.openDialog("poll");
  }

  /** Where the words are a poll written with `/poll`, opens the dialog with them. @param {{ room: Id, thread?: number, place: string }} where @param {string} text */
  beginWritten(where, text) {
    const written = pollWritten(text);
    if (written) this.begin({ ...where, ...written });
    return written !== null;
  }

  /** @param {BegunPoll} begun @param {string} question @param {NewPoll} poll */
  ask({ room, thread, place }, question, poll) {
    this.client.outgoing.post(room, question, { thread, poll });
    if (place !== undefined) this.client.messages.keepDraft(place, "");
    this.client.navigation.closeDialog();
  }

  // Voting

  /** @param {Message} message @param {number[]} choices */
  vote({ room, seq }, choices) {
    const place = `${room}/${seq}`;
    if (storage.keepVote(this.#user, place, choices)) this.#kept.add(place);
    this.store.update((state) => ({ ...state, votes: voteBegun(state.votes, place, choices) }));
    this.pump();
  }

  /** @param {Message} message */
  async close(message) {
    await api.closePoll(message.room, message.seq).catch((error) => this.client.navigation.notify(error.message));
  }

  /** What an earlier page of this browser could not send. */
  inherit() {
    for (const [place, choices] of storage.keptVotes(this.#user)) {
      this.#kept.add(place);
      if (!this.store.now.votes[place]) this.store.update((state) => ({ ...state, votes: voteBegun(state.votes, place, choices) }));
    }
    this.pump();
  }

  /** Sends all that the server does not know of. */
  pump() {
    clearTimeout(this.#timer);
    if (!this.client.link.socket.online) return;
    for (const [place, { sent }] of Object.entries(this.store.now.votes)) if (!sent && !this.#sending.has(place)) this.#send(place);
  }

  /** @param {string} place */
  async #send(place) {
    const choices = this.#choices(place);
    if (choices === null) return this.store.update((state) => ({ ...state, votes: voteDone(state.votes, place) }));
    const [room, seq] = place.split("/");
    this.#sending.add(place);
    try {
      await api.vote(room, Number(seq), choices);
      this.#forget(place, choices);
      this.store.update((state) => ({ ...state, votes: voteSent(state.votes, place, choices) }));
    } catch (error) {
      this.#refused(place, choices, error instanceof ChatError ? error : ChatError.unreachable());
    }
    this.#sending.delete(place);
    const now = this.store.now.votes[place];
    if (now && !now.sent && now.choices !== choices) this.pump();
  }

  /** What to send: what any tab chose last; null where another one has sent it. @param {string} place @returns {number[] | null} */
  #choices(place) {
    const { choices } = this.store.now.votes[place];
    const kept = this.#kept.has(place) ? storage.keptVote(this.#user, place) : choices;
    if (kept === null || String(kept) === String(choices)) return kept && choices;
    this.store.update((state) => ({ ...state, votes: voteBegun(state.votes, place, kept) }));
    return kept;
  }

  /** What passes is tried again; of anything else one is told, and the vote is as it was. @param {string} place @param {number[]} choices @param {ChatError} error */
  #refused(place, choices, error) {
    if (error.retryAfter !== null || PASSING.has(error.code) || !this.client.link.socket.online) {
      this.#timer = setTimeout(() => this.pump(), (error.retryAfter ?? RETRY_AFTER_SECONDS) * 1000);
    } else if (this.store.now.votes[place]?.choices === choices) {
      this.#forget(place, choices);
      this.store.update((state) => ({ ...state, votes: voteDone(state.votes, place) }));
      this.client.navigation.notify(`Your vote does not count. ${error.message}`);
    }
  }

  /** Unless one has chosen something else meanwhile. @param {string} place @param {number[]} choices */
  #forget(place, choices) {
    if (this.store.now.votes[place]?.choices !== choices) return;
    this.#kept.delete(place);
    storage.dropVote(this.#user, place);
  }

  get #user() {
    return this.store.now.me?.id ?? "";
  }
}
