// Keeps the page itself for when there is no network. What people say never passes here: the page sees to that.

/** The version of all files, and those that the page is made of. The server writes them in, so that each version is a new worker. */
const SHELL = { version: "", files: [] };

const worker = /** @type {any} */ (self);
const scope = new URL("./", worker.location.href).pathname;
const own = `hubbub ${scope} `;
const current = own + SHELL.version;
const PATIENCE_MS = 4_000;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keepShell()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(forgetOthers()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== worker.location.origin) return;
  if (event.request.mode === "navigate" && pathname === scope && !search) event.respondWith(page(event.request));
  else if (pathname.startsWith(`${scope}web/`)) event.respondWith(file(event.request));
});

async function keepShell() {
  const cache = await caches.open(current);
  await Promise.all(["./", ...SHELL.files].map(async (address) => {
    const response = await fetch(address);
    // Where the page is behind somebody's sign-in, what comes instead of it is not kept.
    if (response.ok && !response.redirected) await cache.put(address, response);
  }));
  await worker.skipWaiting();
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(own) && name !== current).map((name) => caches.delete(name)));
}

/** The page as the server has it now; the one that was kept when the server does not answer. @param {Request} request */
async function page(request) {
  const kept = await caches.match("./", { cacheName: current });
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  const fresh = fetch(request).then((response) => (response.status >= 500 ? kept : response), () => kept);
  return Promise.race([fresh, late]);
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request, { cacheName: current })) ?? fetch(request);
}
