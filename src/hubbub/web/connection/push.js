// The browser's side of web push: its subscription, by which it is told of news while no page is open.

const KEY_PADDING = 4;

/** Whether this browser can be told at all. */
export const canPush = () => Boolean(navigator.serviceWorker) && "PushManager" in globalThis && "Notification" in globalThis;

/** @returns {Promise<PushSubscription | null>} */
export async function subscription() {
  const registration = canPush() ? await navigator.serviceWorker.getRegistration() : undefined;
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** The browser's subscription with this key, made where there is none; null where the browser gives none. @param {string} key @returns {Promise<PushSubscription | null>} */
export async function subscribe(key) {
  const registration = canPush() ? await navigator.serviceWorker.getRegistration() : undefined;
  if (!registration) return null;
  const known = await registration.pushManager.getSubscription();
  if (known && isOf(known, key)) return known;
  await known?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }).catch(() => null);
}

/** What the worker asks and says. @param {(message: any, answer: (words: any) => void) => void} listen */
export function hearWorker(listen) {
  navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => listen(data, (words) => ports[0]?.postMessage(words)));
  navigator.serviceWorker?.startMessages();
}

/** What was told of a room, or of one thread in it, is taken from the screen. @param {string} room @param {number} [thread] */
export async function takeBack(room, thread) {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await registration?.getNotifications?.({ tag: room })) ?? []) {
    if (shown.data?.thread === thread) shown.close();
  }
}

/** @param {PushSubscription} known @param {string} key */
function isOf(known, key) {
  const own = known.options.applicationServerKey;
  return own !== null && String(new Uint8Array(own)) === String(bytesOf(key));
}

/** @param {string} key base64url */
function bytesOf(key) {
  const padded = key.padEnd(Math.ceil(key.length / KEY_PADDING) * KEY_PADDING, "=");
  return Uint8Array.from(atob(padded.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}
