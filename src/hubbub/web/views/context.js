// The client as every view gets it, and the two hooks that most views need.

/** @import { Client } from "../client.js" */
/** @import { ChatError } from "../connection/chat-error.js" */

import { createContext, useContext, useState } from "../view.js";

export const ClientContext = createContext(/** @type {Client | null} */ (null));

/** @returns {Client} */
export function useClient() {
  const client = useContext(ClientContext);
  if (!client) throw new Error("Expected to be drawn inside <App>, which hands the client down.");
  return client;
}

/**
 * Something the person asked for that takes a moment and may be refused; the view says so where it happened.
 * @returns {{ busy: boolean, problem: ChatError | null, run: (task: () => Promise<unknown>) => Promise<boolean> }}
 */
export function useTask() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {ChatError | null} */ (null));
  const run = async (/** @type {() => Promise<unknown>} */ task) => {
    setBusy(true);
    setProblem(null);
    try {
      await task();
      return true;
    } catch (error) {
      setProblem(/** @type {ChatError} */ (error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}
