// Reads an AsyncAPI document from standard input and says what the official parser finds wrong with it.

import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const ERROR = 0;
const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const errors = diagnostics.filter(({ severity }) => severity === ERROR);
for (const { message, path } of errors) console.log(`${path.join(".")}: ${message}`);
process.exitCode = document && errors.length === 0 ? 0 : 1;
