// Things that only one tab of a browser looks after at a time.

/**
 * Calls back once no other tab holds what goes by this name; none other does until it is given back or this tab is closed.
 * Where the browser has no locks, as over plain HTTP, each tab holds it for itself.
 * @param {string} name @param {(giveBack: () => void) => void} act
 */
export function hold(name, act) {
  if (!navigator.locks) return act(() => {});
  const whileHeld = () => new Promise((giveBack) => act(() => giveBack(null)));
  navigator.locks.request(`hubbub ${new URL(".", document.baseURI).pathname} ${name}`, whileHeld).catch(() => act(() => {}));
}
