// Before one is in: signing in, the owner's first visit, and an invitation.

import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { LetterPage } from "./letter-page.js";
import { Field, formValues, Problem } from "./small.js";

/** @typedef {{ name: string, password: string }} Account */

export function Gate() {
  const client = useClient();
  const route = client.see.route.value;
  const site = client.see.site.value;
  return html`<main class="gate">
    <div class="gate-card">
      <p class="gate-name"><span class="mark" aria-hidden="true"></span>${site?.name ?? "Hubbub"}</p>
      ${route.page === "setup" ? html`<${SetUp} token=${route.token} />`
        : route.page === "reset" ? html`<${NewPassword} token=${route.token} />`
        : route.page === "invite" ? html`<${Invitation} code=${route.code} />`
        : route.page === "email" ? html`<${LetterPage} act=${route.act} code=${route.code} />`
        : site?.sign_in === false ? html`<${Elsewhere} />` : site?.setup ? html`<${NotYet} />` : html`<${SignIn} />`}
    </div>
  </main>`;
}

function SignIn() {
  const client = useClient();
  return html`<h1>Sign in</h1>
    <${NameAndPassword} button="Sign in" password="current-password" act=${(/** @type {Account} */ { name, password }) => client.account.signIn(name, password)} />
    <p class="gate-foot">No account yet? Ask somebody who is here for an invite link.</p>`;
}

/** @param {{ token: string }} properties */
function SetUp({ token }) {
  const client = useClient();
  return html`<h1>Make this place yours</h1>
    <p class="gate-lead">You are its first person and its owner. Choose the name that others will see, and a password.</p>
    <${NameAndPassword} button="Begin" password="new-password" act=${(/** @type {Account} */ { name, password }) => client.account.setUp(token, name, password)} />`;
}

/** @param {{ token: string }} properties */
function NewPassword({ token }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const submit = (/** @type {Event} */ event) => {
    const { password } = formValues(event);
    run(() => client.account.resetPassword(token, password));
  };
  return html`<h1>Choose a new password</h1>
    <p class="gate-lead">Wherever you are still signed in by the old one, you will be signed out.</p>
    <form onSubmit=${submit}>
      <${Field} label="New password" name="password" type="password" autocomplete="new-password" required autofocus problem=${problem?.fields?.password} />
      <${Problem} error=${problem} beside=${["password"]} />
      <button type="submit" class="button is-main" disabled=${busy}>Set password</button>
    </form>`;
}

/** The chat is part of another app, and that app knows who people are. */
function Elsewhere() {
  return html`<h1>You are signed out</h1>
    <p class="gate-lead">Sign in to the site that this chat belongs to, then come back.</p>
    <button type="button" class="button is-main" onClick=${() => location.reload()}>Load again</button>`;
}

function NotYet() {
  const [known, setKnown] = useState(false);
  if (known) return html`<${SignIn} />`;
  return html`<h1>Almost there</h1>
    <p class="gate-lead">This place has no owner yet. Open the link that the server printed in its terminal, or in its log, when it started.</p>
    <p class="gate-foot"><button type="button" class="plain-button" onClick=${() => setKnown(true)}>Sign in with an account</button></p>`;
}

/** @param {{ code: string }} properties */
function Invitation({ code }) {
  const client = useClient();
  const [found, setFound] = useState(/** @type {{ inviter: string, room: string | null } | null | undefined} */ (undefined));
  useEffect(() => {
    client.account.invitation(code).then(setFound, () => setFound(null));
  }, [code]);
  if (found === undefined) return html`<h1>One moment</h1>`;
  if (found === null) return html`<h1>This invite has ended</h1>
    <p class="gate-lead">The link is used up or too old. Ask for a new one.</p><p><a class="button" href="#/">Go to the chat</a></p>`;
  return html`<h1>${found.room ? say("Join #", found.room) : say("Come in")}</h1>
    <p class="gate-lead"><strong>${found.inviter}</strong> invites you${found.room ? html` to <strong>${found.room}</strong>` : ""}.</p>
    <${client.see.me.value ? JoinAsMyself : JoinAnew} code=${code} room=${found.room} />`;
}

/** @param {{ code: string, room: string | null }} properties */
function JoinAnew({ code, room }) {
  const client = useClient();
  return html`<${NameAndPassword} button="Join" password="new-password" act=${(/** @type {Account} */ account) => client.account.acceptInvite(code, room, account)} />
    <p class="gate-foot">You have an account? <a href="#/">Sign in</a>, then open the link again.</p>`;
}

/** @param {{ code: string, room: string | null }} properties */
function JoinAsMyself({ code, room }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  return html`<${Problem} error=${problem} />
    <button type="button" class="button is-main" disabled=${busy} onClick=${() => run(() => client.account.acceptInvite(code, room, {}))}>
      Join as ${client.see.me.value?.name}
    </button>`;
}

/** @param {{ button: string, password: string, act: (account: Account) => Promise<void> }} properties */
function NameAndPassword({ button, password, act }) {
  const { busy, problem, run } = useTask();
  const fields = problem?.fields ?? {};
  const submit = (/** @type {Event} */ event) => {
    const { name, password: secret } = formValues(event);
    run(() => act({ name: name.trim(), password: secret }));
  };
  return html`<form onSubmit=${submit}>
    <${Field} label="Name" name="name" autocomplete="username" autocapitalize="none" spellcheck=${false} required autofocus problem=${fields.name} />
    <${Field} label="Password" name="password" type="password" autocomplete=${password} required problem=${fields.password} />
    <${Problem} error=${problem} beside=${["name", "password"]} />
    <button type="submit" class="button is-main" disabled=${busy}>${button}</button>
  </form>`;
}
