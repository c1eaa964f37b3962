// How long to wait before the next attempt to connect. Chance spreads the clients of a server that comes back.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const SPREAD_MS = 1_000;

/**
 * Full jitter: anything between nothing and a bound that doubles. What the server asked for counts instead, and a little more.
 * @param {number} attempts failed ones so far @param {number | null} retryAfter seconds, from `bye` @param {number} chance from 0 to 1
 * @returns {number} milliseconds
 */
export function reconnectDelay(attempts, retryAfter, chance) {
  if (retryAfter !== null) return retryAfter * 1000 + chance * SPREAD_MS;
  return chance * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 10));
}
