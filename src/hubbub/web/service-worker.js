// Keeps the page itself for when there is no network. What people say never passes here: the page sees to that.

/** The version of all files, and those that the page is made of. The server writes them in, so that each version is a new worker. */
const SHELL = { version: "", files: [] };

const worker = /** @type {any} */ (self);
const scope = new URL("./", worker.location.href).pathname;
const own = `hubbub ${scope} `;
const current = own + SHELL.version;
const PATIENCE_MS = 4_000;
const ANSWER_MS = 1_000;
const NEW_MESSAGE = navigator.language.startsWith("ar") ? "رسالة جديدة" : "New message";

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keepShell()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(forgetOthers()));
worker.addEventListener("push", (/** @type {any} */ event) => event.waitUntil(tell(event.data)));
worker.addEventListener("notificationclick", (/** @type {any} */ event) => event.waitUntil(open(event.notification)));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== worker.location.origin) return;
  if (event.request.mode === "navigate" && pathname === scope && !search) event.respondWith(page(event.request));
  else if (pathname.startsWith(`${scope}web/`)) event.respondWith(file(event.request));
});

/** What the server tells of, unless a page that somebody looks at shows it. Of each room one thing, the newest. @param {any} data */
async function tell(data) {
  /** @type {{ room?: string, seq?: number, thread?: number, title?: string, body?: string }} */
  const news = data?.json() ?? {};
  const pages = (await ownPages()).filter((page) => page.visibilityState === "visible");
  const looks = await Promise.all(pages.map((page) => answerOf(page, { type: "looking?", ...news })));
  if (looks.includes(true)) return;
  const { title = NEW_MESSAGE, body = "" } = news;
  await worker.registration.showNotification(title, { body, tag: news.room, renotify: news.room !== undefined, data: news, icon: "web/icons/192.png" });
}

/** Goes to the message: in a page that is open, or in a new one. @param {any} notification */
async function open(notification) {
  const { room, seq, thread } = notification.data ?? {};
  notification.close();
  const [page] = await ownPages();
  const place = thread === undefined ? seq : `thread/${thread}`;
  if (!page) return worker.clients.openWindow(room === undefined ? "./" : `./#/room/${room}/${place}`);
  page.postMessage({ type: "open", room, seq, thread });
  return page.focus().catch(() => null);
}

/** @returns {Promise<any[]>} the one with the focus first */
async function ownPages() {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.filter((/** @type {any} */ page) => new URL(page.url).pathname === scope).sort((/** @type {any} */ one, /** @type {any} */ other) => Number(other.focused) - Number(one.focused));
}

/** What a page says; nothing when it does not answer, as one that is asleep. @param {any} page @param {object} words */
function answerOf(page, words) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, ANSWER_MS);
    page.postMessage(words, [port2]);
  });
}

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
