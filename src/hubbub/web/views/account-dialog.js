// One's own account: how the page looks, the password, where one is signed in, and tokens for programs.

/** @import { ApiToken, Login } from "../types.d.ts" */

import { runsChat } from "../state/rights.js";
import { listTime } from "../state/times.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { chooseLanguage, chosenLanguage, LANGUAGES } from "./language.js";
import { NotificationSettings } from "./notification-settings.js";
import { OwnName } from "./own-name.js";
import { PrivacySettings } from "./privacy-settings.js";
import { later } from "./later.js";
import { Shown } from "./shown.js";
import { Field, formValues, Problem, Time } from "./small.js";
import { applyAppearance, chosenAppearance, CHOICES } from "./theme.js";

const SiteSettings = later(() => import("./site-settings.js").then((module) => module.SiteSettings));

export function AccountDialog() {
  const { see } = useClient();
  const me = see.me.value;
  if (!me) return null;
  return html`<div class="account">
    <${OwnName} />
    <${Appearance} />
    <${NotificationSettings} />
    <${PrivacySettings} />
    ${runsChat(me) && html`<${SiteSettings} />`}
    ${see.site.value?.sign_in !== false && [SignOut, Logins, Password, Tokens].map((Part) => html`<${Part} key=${Part.name} />`)}
  </div>`;
}

function Appearance() {
  const [chosen, setChosen] = useState(chosenAppearance());
  const choose = (/** @type {any} */ event) => {
    const choice = { [event.currentTarget.name]: event.currentTarget.value };
    applyAppearance(choice);
    setChosen({ ...chosen, ...choice });
  };
  const segments = (/** @type {keyof typeof CHOICES} */ name, /** @type {string} */ legend) => html`<fieldset class="segments"><legend>${say(legend)}</legend>
    ${CHOICES[name].map((value) => html`<label key=${value}><input type="radio" name=${name} value=${value} checked=${chosen[name] === value} onChange=${choose} /><span>${say(value)}</span></label>`)}
  </fieldset>`;
  return html`<section class="appearance">${segments("theme", "Appearance")}${segments("density", "Density")}${segments("contrast", "Contrast")}<${Language} /></section>`;
}

function Language() {
  const spoken = chosenLanguage();
  const choose = (/** @type {any} */ event) => chooseLanguage(event.currentTarget.value);
  return html`<fieldset class="segments"><legend>Language</legend>
    ${Object.entries(LANGUAGES).map(([value, { name }]) => html`<label key=${value}><input type="radio" name="language" value=${value} checked=${spoken === value} onChange=${choose} /><span lang=${value}>${name}</span></label>`)}
  </fieldset>`;
}

function SignOut() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const unsent = client.see.outbox.value.filter((entry) => entry.status !== "sent").length;
  return html`<section>
    <h3>Sign out</h3>
    ${unsent > 0 && html`<p class="problem">${unsent === 1 ? say("One message is not sent yet and would be lost.") : say("# messages are not sent yet and would be lost.", unsent)}</p>`}
    <p class="button-row">
      <button type="button" class="button" disabled=${busy} onClick=${() => run(() => client.account.signOut())}>Sign out here</button>
      <button type="button" class="button" disabled=${busy} onClick=${() => run(() => client.account.signOutEverywhere())}>Sign out everywhere</button>
    </p>
    <${Problem} error=${problem} />
  </section>`;
}

function Logins() {
  const client = useClient();
  const [logins, setLogins] = useState(/** @type {Login[]} */ ([]));
  const { busy, problem, run } = useTask();
  const load = async () => setLogins(await client.account.logins());
  const end = (/** @type {string} */ id) => run(async () => {
    await client.account.endLogin(id);
    await load();
  });
  useEffect(() => {
    run(load);
  }, []);
  return html`<section>
    <h3>Where you are signed in</h3>
    <ul class="logins">${logins.map((login) => html`<li key=${login.id}>
      <p>${deviceOf(login.client)}<small>${login.current ? say("this browser") : html`last seen <${Time} at=${login.last_seen_at} words=${listTime} />`}</small></p>
      ${!login.current && html`<button type="button" class="button is-small" disabled=${busy} aria-label="Sign out ${deviceOf(login.client)}" onClick=${() => end(login.id)}>Sign out</button>`}
    </li>`)}</ul>
    <${Problem} error=${problem} />
  </section>`;
}

function Password() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const [changed, setChanged] = useState(false);
  const submit = async (/** @type {Event} */ event) => {
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const { old, fresh } = formValues(event);
    const done = await run(() => client.account.changePassword(old, fresh));
    setChanged(done);
    if (done) form.reset();
  };
  return html`<section>
    <h3>Password</h3>
    <form onSubmit=${submit}>
      <${Field} label="Old password" name="old" type="password" autocomplete="current-password" required problem=${problem?.fields.old} />
      <${Field} label="New password" name="fresh" type="password" autocomplete="new-password" required problem=${problem?.fields.new} />
      <${Problem} error=${problem} beside=${["old", "new"]} />
      <button type="submit" class="button" disabled=${busy}>Change password</button>
      <span role="status" class="quiet">${changed && html` Changed. Other browsers were signed out.`}</span>
    </form>
  </section>`;
}

function Tokens() {
  const client = useClient();
  const [tokens, setTokens] = useState(/** @type {ApiToken[]} */ ([]));
  const [made, setMade] = useState("");
  const { busy, problem, run } = useTask();
  const load = async () => setTokens(await client.account.tokens());
  useEffect(() => {
    run(load);
  }, []);
  const create = (/** @type {Event} */ event) => {
    const { name } = formValues(event);
    run(async () => {
      setMade((await client.account.createToken(name.trim())).token ?? "");
      await load();
    });
  };
  const end = (/** @type {string} */ id) => run(async () => {
    await client.account.endToken(id);
    await load();
  });
  return html`<section>
    <h3>API tokens</h3>
    <p class="quiet">For bots and programs that act as you.</p>
    <ul class="logins">${tokens.map((token) => html`<li key=${token.id}>
      <p>${token.name || say("Without a name")}<small>made <${Time} at=${token.created_at} words=${listTime} /></small></p>
      <button type="button" class="button is-small" disabled=${busy} aria-label="End the token ${token.name}" onClick=${() => end(token.id)}>End</button>
    </li>`)}</ul>
    ${made ? html`<${Shown} label="Your new token" value=${made} hint="Copy it now: it is not shown again." />`
      : html`<form class="inline-form" onSubmit=${create}><${Field} label="What it is for" name="name" required autocomplete="off" />
        <button type="submit" class="button" disabled=${busy}>Create token</button></form>`}
    <${Problem} error=${problem} />
  </section>`;
}

/** A browser's description of itself, cut down to what people recognise. @param {string} agent */
function deviceOf(agent) {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS|Linux)/.exec(agent)?.[1];
  if (!browser) return agent.slice(0, 60) || say("Unknown");
  const name = { Edg: "Edge", OPR: "Opera" }[browser] ?? browser;
  return system ? say("# on #", name, system) : name;
}
