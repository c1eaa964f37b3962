// The worker that keeps the page for when there is no network. Without it all works, while there is one.

const ADDRESS = "service-worker.js";

/** Not for the modules one by one: whoever changes them wants them as they are on the disk. */
export function keepShell() {
  if (!navigator.serviceWorker || new URL(document.baseURI).searchParams.has("modules")) return;
  const address = new URL(ADDRESS, document.baseURI);
  address.search = address.hash = "";
  navigator.serviceWorker.register(trusted(address.href)).catch(() => {});
}

/** Which version of the client this page is: what it kept for itself counts only for the same one. */
export const clientVersion = () => document.querySelector("script[src]")?.getAttribute("src") ?? "";

/** The one address of a script that the page makes itself. @param {string} address @returns {string} */
function trusted(address) {
  const policies = /** @type {any} */ (globalThis).trustedTypes;
  return policies ? policies.createPolicy("hubbub", { createScriptURL: (/** @type {string} */ url) => url }).createScriptURL(address) : address;
}
