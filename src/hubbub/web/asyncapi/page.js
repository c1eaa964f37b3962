// The page of the protocol: the AsyncAPI document, told to people.

import { closeCodes, errorCodes, groupsOf } from "./document.js";
import { element, find, prose, table } from "./elements.js";
import { startTrial } from "./trial.js";

/** @import { Group, Json, Message } from "./document.js" */

/** @param {Json} described */
function show(described) {
  const groups = groupsOf(described);
  document.title = described.info.title;
  find("title", HTMLHeadingElement).textContent = described.info.title;
  find("description", HTMLParagraphElement).replaceChildren(...prose(described.info.description));
  find("channel", HTMLParagraphElement).replaceChildren(
    element("code", {}, `${described.servers.this.protocol}://${described.servers.this.host}${described.channels.socket.address}`),
    document.createElement("br"),
    ...prose(described.channels.socket.description),
  );
  find("reference", HTMLDivElement).replaceChildren(...groups.map(groupSection), codesSection(described));
  find("contents", HTMLElement).replaceChildren(...[...groups, { id: "codes", title: "Codes" }].map(({ id, title }) => element("a", { href: `#${id}` }, title)));
  startTrial(groups[0].messages);
}

/** @param {Group} group */
function groupSection(group) {
  return element("section", { id: group.id }, element("h2", {}, group.title), ...group.messages.map(messageArticle));
}

/** @param {Message} message */
function messageArticle(message) {
  const rows = message.fields.map(({ name, type, isRequired, description }) => [
    element("code", {}, name),
    type,
    isRequired ? "always" : "may be missing",
    description,
  ]);
  return element("article", { id: message.id },
    element("h3", {}, element("code", {}, message.kind)),
    element("p", {}, ...prose(message.description)),
    table(["Field", "Type", "Present", "Meaning"], rows),
    element("pre", {}, JSON.stringify(message.example, null, 2)));
}

/** @param {Json} described */
function codesSection(described) {
  const closing = closeCodes(described).map(({ code, description, come_back }) => [String(code), element("span", {}, ...prose(description)), come_back ? "yes" : "no"]);
  return element("section", { id: "codes" },
    element("h2", {}, "Codes"),
    element("h3", {}, "In an error"),
    element("ul", { class: "codes" }, ...errorCodes(described).map((code) => element("li", {}, element("code", {}, code)))),
    element("h3", {}, "When the connection is closed"),
    table(["Code", "Meaning", "Come back"], closing));
}

try {
  const answer = await fetch("asyncapi.json");
  show(await answer.json());
} catch (error) {
  find("description", HTMLParagraphElement).textContent = `The document did not come: ${error instanceof Error ? error.message : error}. Load the page again.`;
}
