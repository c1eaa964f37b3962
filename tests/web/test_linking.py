"""The client's modules, joined into one script: it does what they do, and asks for little."""

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest

from hubbub.web.files import WebFiles
from hubbub.web.linking import STYLES, LinkError, link

pytestmark = pytest.mark.anyio
WEB = Path(__file__).parents[2] / "src" / "hubbub" / "web"
PAGE = """
<link rel="stylesheet" href="web/styles/one.css" />
<link rel="stylesheet" href="web/styles/two.css" />
<script type="importmap">{ "imports": { "library": "./web/vendor/library.js" } }</script>
<script type="module" src="web/main.js"></script>
<link rel="modulepreload" href="web/a.js" />
"""
SHEETS = {"styles/one.css": 'a { background: url("../icon.svg"); }', "styles/two.css": "b { color: red; }"}


def joined(**modules):
    files = SHEETS | {name.replace("__", "/") + ".js": text for name, text in modules.items()}
    return link(PAGE, files.__getitem__)


async def runs(linked, folder):
    """What the joined scripts print when the page's script is run."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("This test needs Node. Get it with: apt-get install nodejs npm")
    (folder / "package.json").write_text('{"type": "module"}')
    for name, text in linked.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    process = await asyncio.create_subprocess_exec(node, folder / "linked" / "main.js", stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().split()


async def test_each_module_runs_once_after_what_it_imports(tmp_path):
    linked = joined(
        main='import { b } from "./folder/b.js";\nimport { a } from "./a.js";\nconsole.log("main", a, b());',
        a='console.log("a");\nexport const a = "A";',
        folder__b='import { a as other } from "../a.js";\nconsole.log("b");\nexport function b() {\n  return other + "B";\n}',
    )
    assert await runs(linked, tmp_path) == ["a", "b", "main", "A", "AB"]


async def test_types_and_comments_are_left_out_of_our_own_modules_and_nothing_else(tmp_path):
    linked = joined(
        main="""
// What this is.
import { twice } from "./vendor/twice.js";
/** @param {string} a */
const shout = (a) => a.toUpperCase();
  // Why it is so.
const address = "https://example.org//path"; // beside it
console.log(shout(/** @type {any} */ (twice("a"))), address);
""",
        vendor__twice="// A licence.\nexport const twice = (a) => a + a;",
    )
    script = linked.files["linked/main.js"]
    assert not [words for words in ("What this is", "Why it is so", "@type", "@param") if words in script]
    assert "A licence." in script
    assert await runs(linked, tmp_path) == ["AA", "https://example.org//path"]


async def test_every_way_to_export_and_import_means_the_same_as_before(tmp_path):
    linked = joined(
        main="""
import Default, { one as uno, Two } from "./a.js";
import * as all from "./a.js";
import { three, again } from "./b.js";
import "./a.js";
all.later().then((later) => console.log(Default(), uno, new Two().name, all.one, later, three, again));""",
        a="""
export default function () { return "default"; }
export const one = "one";
export class Two { name = "two"; }
export async function later() { return "later"; }""",
        b='const own = "three";\nexport { own as three };\nexport { one as again } from "./a.js";',
    )
    assert await runs(linked, tmp_path) == ["default", "one", "two", "one", "later", "three", "one"]


async def test_modules_do_not_see_each_others_names(tmp_path):
    linked = joined(
        main='import { a } from "./a.js";\nconst secret = "main";\nconsole.log(a(), secret);',
        a='/** @type {string} */ const secret = "a";\n/** A type. */\nexport const a = () => secret;',
    )
    assert await runs(linked, tmp_path) == ["a", "main"]


async def test_a_minified_library_is_joined_too(tmp_path):
    linked = joined(
        main='import twice, { n } from "library";\nconsole.log(n, twice(2));',
        vendor__library="var e=1;export{e as n};export default function(t){return 2*t}\n//# sourceMappingURL=library.js.map\n",
    )
    assert await runs(linked, tmp_path) == ["1", "4"]
    assert "sourceMappingURL" not in linked.files["linked/main.js"]


async def test_what_is_loaded_later_comes_by_itself_and_shares_what_is_there(tmp_path):
    linked = joined(
        main='import { count } from "./count.js";\nimport { open } from "./views/a.js";\ncount();\nopen().then(console.log);',
        count="let counted = 0;\nexport const count = () => (counted += 1);",
        views__a='export const open = async () => (await import("./later.js")).see();',
        views__later='import { count } from "../count.js";\nimport { more } from "../more.js";\nexport const see = () => more(count());',
        more="export const more = (number) => `${number}+`;",
    )
    assert set(linked.files) == {"linked/main.js", "linked/views-later.js", STYLES}
    assert await runs(linked, tmp_path) == ["2+"]
    assert "more" not in linked.files["linked/main.js"]


def test_the_page_asks_for_one_script_and_one_sheet():
    linked = joined(main="", a="")
    assert re.findall(r'(?:src|href)="([^"]+)"', linked.page) == [f"web/{STYLES}", "web/linked/main.js"]
    assert "importmap" not in linked.page
    assert 'url("../icon.svg")' in linked.files[STYLES]
    assert linked.files[STYLES].index("url(") < linked.files[STYLES].index("color: red")


@pytest.mark.parametrize(
    ("modules", "words"),
    [
        ({"main": 'import { a } from "./a.js";', "a": 'import { main } from "./main.js";'}, "main.js → a.js → main.js"),
        ({"main": 'import { x } from "nowhere";'}, "'nowhere'"),
        ({"main": "export let count = 0;"}, "export let count"),
        ({"main": "export const { a, b } = {};"}, "export const {"),
    ],
    ids=["a circle", "a library that is not there", "an export that changes", "an export without a name"],
)
def test_what_cannot_be_joined_is_refused_with_its_name(modules, words):
    with pytest.raises(LinkError, match=re.escape(words)):
        joined(**modules)


def test_the_client_is_joined_anew_when_a_module_changes(tmp_path):
    now = [0.0]
    for name in ("styles/one.css", "styles/two.css", "main.js", "vendor/library.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "service-worker.js").write_text("const SHELL = {};")
    files = WebFiles(tmp_path, clock=lambda: now[0])
    first = files.client()
    assert f'src="web/v-{files.version()}/linked/main.js"'.encode() in first.data

    (tmp_path / "main.js").write_text('console.log("new");')
    now[0] = 1.0
    assert files.client().etag != first.etag
    assert b"new" in files.get("linked/main.js").data


def test_the_worker_keeps_what_the_page_asks_for_and_is_another_with_every_version(tmp_path):
    files = WebFiles(WEB)
    page, worker = files.client().data.decode(), files.service_worker().data.decode()
    kept = json.loads(re.search(r"^const SHELL = (.*);$", worker, re.MULTILINE)[1])
    asked = set(re.findall(r'(?:stylesheet"|icon"|module") (?:href|src)="(web/v-[^"]+)"', page.replace("apple-touch-icon", "")))
    assert kept["version"] == files.version()
    assert len(asked) == 3
    assert asked <= set(kept["files"])
    assert all(files.get(name.split("/", 2)[2]) is not None for name in kept["files"])


async def test_the_first_load_of_the_client_stays_small():
    files = WebFiles(WEB)
    sent = [files.client(), *(files.get(name) for name in ("linked/main.js", STYLES, "icon.svg", "manifest.webmanifest"))]
    assert sum(len(file.compressed or file.data) for file in sent) <= 123_000
