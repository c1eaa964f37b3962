// What the AsyncAPI document says, in the order in which one reads it. Pure: no page, no network.

/** @typedef {Record<string, any>} Json */
/** @typedef {{ name: string, type: string, isRequired: boolean, description: string }} Field */
/** @typedef {{ id: string, kind: string, description: string, fields: Field[], example: Json }} Message */
/** @typedef {{ id: string, title: string, messages: Message[] }} Group */

const GROUPS = [
  ["command", "What a client says"],
  ["answer", "What the server answers"],
  ["event", "Events: numbered, lasting facts"],
  ["signal", "Signals: passing news, may be dropped"],
];

/** @param {Json} document @returns {Group[]} */
export function groupsOf(document) {
  const messages = Object.entries(document.components.messages);
  return GROUPS.map(([id, title]) => ({
    id,
    title,
    messages: messages.filter(([, message]) => message.tags[0].name === id).map(([key, message]) => messageOf(document, key, message)),
  }));
}

/** @param {Json} document @param {string} key @param {Json} message @returns {Message} */
function messageOf(document, key, message) {
  const schema = resolve(document, message.payload);
  return { id: key, kind: message.name, description: message.description, fields: fieldsOf(document, schema), example: message.examples[0].payload };
}

/** @param {Json} document @param {Json} schema @returns {Field[]} the fields of an object, `type` first */
export function fieldsOf(document, schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .map(([name, field]) => ({ name, type: typeOf(document, field), isRequired: required.has(name), description: field.description ?? "" }))
    .sort((one, other) => Number(other.name === "type") - Number(one.name === "type"));
}

/** @param {Json} document @param {Json} schema @returns {string} a type in a few words */
export function typeOf(document, schema) {
  if (schema.$ref) return typeOfReference(document, schema);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ value) => JSON.stringify(value)).join(" or ");
  if (schema.anyOf) return schema.anyOf.map((/** @type {Json} */ each) => typeOf(document, each)).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(document, schema.items)}`;
  const values = schema.additionalProperties || Object.values(schema.patternProperties ?? {})[0];
  if (values) return `{…: ${typeOf(document, values)}}`;
  return [schema.type ?? "anything", bounds(schema)].join("");
}

/** @param {Json} document @param {Json} schema */
function typeOfReference(document, schema) {
  const target = resolve(document, schema);
  if (!target.properties) return typeOf(document, target);
  return `{${Object.keys(target.properties).join(", ")}}`;
}

/** @param {Json} schema */
function bounds(schema) {
  if (schema.maxLength === undefined) return "";
  const least = schema.minLength ? `${schema.minLength} to` : "up to";
  return `, ${least} ${schema.maxLength.toLocaleString("en")} characters`;
}

/** @param {Json} document @param {Json} schema @returns {Json} what a local reference points to */
function resolve(document, schema) {
  if (!schema.$ref) return schema;
  const path = schema.$ref.replace(/^#\//, "").split("/");
  return path.reduce((/** @type {Json} */ place, /** @type {string} */ step) => place[step], document);
}

/** @param {Json} document @returns {string[]} every error code */
export const errorCodes = (document) => document.components.schemas.ErrorCode.enum;

/** @param {Json} document @returns {{ code: number, description: string, come_back: boolean }[]} */
export const closeCodes = (document) => document.channels.socket["x-close-codes"];
