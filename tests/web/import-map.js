// Lets node resolve bare names as the browser does: by the import map of index.html, to the vendored files.

import { readFileSync } from "node:fs";
import { register } from "node:module";

const page = new URL("../../src/hubbub/web/index.html", import.meta.url);
const [, map] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(readFileSync(page, "utf8"));
const base = new URL("../../src/hubbub/", import.meta.url).href;
const imports = Object.fromEntries(Object.entries(JSON.parse(map).imports).map(([name, path]) => [name, new URL(path, base).href]));

const hooks = `
  const imports = ${JSON.stringify(imports)};
  export async function resolve(name, context, next) {
    return next(imports[name] ?? name, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
