// Begins: the parts are wired, the page is drawn, the conversation starts.

import { Client } from "./client.js";
import { speakChosenLanguage } from "./views/language.js";
import { applyAppearance } from "./views/theme.js";
import { App } from "./views/app.js";
import { html, render } from "./view.js";

const client = new Client();
applyAppearance();
speakChosenLanguage().then(() => {
  render(html`<${App} client=${client} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
  client.start();
});
