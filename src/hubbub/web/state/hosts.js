// Where a link really leads, for whoever cannot tell from its words.

const SCHEME = /^(?:https?:\/\/|mailto:)/i;

/**
 * What is to stand beside the words of a link: its host, or the address of a letter.
 * @param {string} href @param {string} words as they are shown @param {string} [ours] the host of this page
 * @returns {string | null} empty where the words are the address itself, or it leads to this site; null where it is none
 */
export function hostBeside(href, words, ours) {
  if (!URL.canParse(href)) return null;
  const { protocol, host, pathname, username, password } = new URL(href);
  const real = protocol === "mailto:" ? decoded(pathname) : host;
  // `https://bank.example@evil.example` and letters that look like others name a host that is not the one it leads to.
  const isPlain = username === "" && password === "" && bare(href).toLowerCase().startsWith(real.toLowerCase());
  return isPlain && (bare(words) === bare(href) || host === ours) ? "" : real;
}

/** @param {string} address */
const bare = (address) => address.trim().replace(SCHEME, "").replace(/\/$/, "");

/** @param {string} path */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
