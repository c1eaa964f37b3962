"""Joins the client's modules into one script and its style sheets into one: nothing is renamed, only types and comments are left out.

Each module becomes a function that runs once and gives back what it exports. So modules may not import each other in a
circle, and may not export what changes later; both are refused with the names of the modules.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

FOLDER = "linked/"
STYLES = f"{FOLDER}styles.css"

Read = Callable[[str], str]

_IMPORT_MAP = re.compile(r'[ \t]*<script type="importmap">(.*?)</script>\n?', re.DOTALL)
_ENTRY = re.compile(r'(?<=<script type="module" src="web/)[^"]+')
_PRELOAD = re.compile(r'[ \t]*<link rel="modulepreload"[^>]*>\n?')
_SHEET = re.compile(r'[ \t]*<link rel="stylesheet" href="web/([^"]+)"[^>]*>\n?')
_URL = re.compile(r'(?<=url\(")(?![a-z]+:|#)[^"]+')

# In our own files such a statement has a line of its own; in minified ones it may follow another.
_OWN_START, _VENDOR_START = r"^", r"(?:^|(?<=[;}]))"
_IMPORT = r"""import\s*(?:([^"';]*?)\s*from\s*)?["']([^"']+)["'];?"""
_EXPORT_LIST = r"""export\s*\{([^}]*)\}(?:\s*from\s*["']([^"']+)["'])?;?"""
_EXPORT_NAMED = r"export\s+((?:async\s+)?(?:function\b\*?|class\b|const\b)\s*([\w$]+))"
_EXPORT_DEFAULT = r"export\s+default\b"
_LATER = re.compile(r'(=> |\bawait |\breturn )import\("([^"]+)"\)(?!\.[A-Z])')
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=.*")
_TYPES = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
# Of our own files also the lines that are nothing else, and the types within a line.
_COMMENTS = re.compile(r"^[ \t]*//.*\n|/\*\* @(?:(?!\*/).)*\*/ ?", re.MULTILINE)
_SHEET_COMMENTS = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)


class LinkError(Exception):
    """The modules cannot be joined; the text says which, and why."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A page that asks for few files, and those files by their names."""

    page: str
    files: dict[str, str]


@dataclass(slots=True)
class _Module:
    """One module: what it imports, now and later, what it exports, and its text as the body of a function."""

    name: str
    body: str
    imports: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    exports: dict[str, str] = field(default_factory=dict)


def link(page: str, read: Read) -> Linked:
    """The page with one script instead of its modules and one sheet instead of many; `read` gives a file by its name."""
    found = _IMPORT_MAP.search(page)
    bare = json.loads(found[1])["imports"] if found else {}
    entry = _ENTRY.search(page)
    if entry is None:
        raise LinkError('Expected a <script type="module" src="web/…"> in the page, and found none.')
    linker = _Linker(read, {name: address.removeprefix("./web/") for name, address in bare.items()})
    files = linker.scripts(entry[0])
    page = _ENTRY.sub(lambda found: FOLDER + _script_name(found[0]), _PRELOAD.sub("", _IMPORT_MAP.sub("", page)))
    sheets = _SHEET.findall(page)
    if sheets:
        files[STYLES] = "\n".join(_sheet(name, read(name)) for name in sheets)
        page = _SHEET.sub(lambda found: found[0].replace(found[1], STYLES) if found[1] == sheets[0] else "", page)
    return Linked(page, files)


class _Linker:
    """Follows the imports from the page's script, and from each module that is loaded later."""

    def __init__(self, read: Read, bare: dict[str, str]) -> None:
        self._read = read
        self._bare = bare
        self._modules: dict[str, _Module] = {}

    def scripts(self, entry: str) -> dict[str, str]:
        """The script of the page, and one for each module that it loads later."""
        first = self._in_order(entry)
        shared = {module.name for module in first}
        files = {FOLDER + _script_name(entry): _script(first)}
        waiting = [name for module in first for name in module.later]
        while waiting:
            name = waiting.pop()
            script = FOLDER + _script_name(name)
            if script in files:
                continue
            part = [module for module in self._in_order(name) if module.name not in shared]
            files[script] = _part(part, self._module(name), entry)
            waiting += [later for module in part for later in module.later]
        return files

    def _in_order(self, entry: str) -> list[_Module]:
        """The entry and all that it imports, each after what it imports itself."""
        done: dict[str, _Module] = {}

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                raise LinkError(f"These modules import each other in a circle: {' → '.join((*path[path.index(name) :], name))}.")
            if name not in done:
                module = self._module(name)
                for imported in module.imports:
                    visit(imported, (*path, name))
                done[name] = module

        visit(entry, ())
        return list(done.values())

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            self._modules[name] = self._parsed(name, self._read(name))
        return self._modules[name]

    def _parsed(self, name: str, text: str) -> _Module:
        module = _Module(name, "")
        is_own = not name.startswith("vendor/")
        start = _OWN_START if is_own else _VENDOR_START
        text = _COMMENTS.sub("", text) if is_own else text

        def take(pattern: str, replace: Callable[[re.Match[str]], str], text: str) -> str:
            return re.sub(start + pattern, replace, text, flags=re.MULTILINE)

        text = take(_IMPORT, lambda found: self._import(module, found[1], found[2]), _SOURCE_MAP.sub("", _TYPES.sub("", text)))
        text = take(_EXPORT_LIST, lambda found: self._export_list(module, found[1], found[2]), text)
        text = take(_EXPORT_NAMED, lambda found: _export_named(module, found[1], found[2]), text)
        text = take(_EXPORT_DEFAULT, lambda _: _export_named(module, "const _default =", "_default", "default"), text)
        module.body = _LATER.sub(lambda found: found[1] + self._import_later(module, found[2]), text).strip()
        if left := _LEFT_OVER.search(module.body):
            raise LinkError(f"{name}: expected an import from a file, or an export of a function, class or const, got: {left[0]}")
        return module

    def _import(self, module: _Module, names: str | None, target: str) -> str:
        name = self._resolved(module.name, target)
        module.imports.append(name)
        return " ".join(f"const {left} = {_exports_of(name)};" for left in _bindings(names or ""))

    def _import_later(self, module: _Module, target: str) -> str:
        name = self._resolved(module.name, target)
        module.later.append(name)
        return f'import("./{_script_name(name)}")'

    def _export_list(self, module: _Module, names: str, target: str | None) -> str:
        source = None if target is None else self._resolved(module.name, target)
        if source is not None:
            module.imports.append(source)
        for local, exported in _pairs(names):
            module.exports[exported] = local if source is None else f"{_exports_of(source)}.{local}"
        return ""

    def _resolved(self, importer: str, target: str) -> str:
        if not target.startswith("."):
            if target not in self._bare:
                raise LinkError(f"{importer} imports {target!r}, which the page's import map does not name.")
            return self._bare[target]
        return posixpath.normpath(posixpath.join(posixpath.dirname(importer), target))


def _export_named(module: _Module, kept: str, local: str, exported: str = "") -> str:
    module.exports[exported or local] = local
    return kept


def _bindings(names: str) -> Iterator[str]:
    """The left sides of what an import binds: `{ a, b: c }`, a name for all, or the default one."""
    default, _, rest = names.partition("{") if not names.startswith("*") else ("", "", "")
    if names.startswith("*"):
        yield names.removeprefix("*").strip().removeprefix("as ").strip()
    if default.strip(" ,"):
        yield f"{{ default: {default.strip(' ,')} }}"
    if pairs := list(_pairs(rest.rstrip("} \n"))):
        yield f"{{ {', '.join(name if name == local else f'{name}: {local}' for name, local in pairs)} }}"


def _pairs(names: str) -> Iterator[tuple[str, str]]:
    """`a, b as c` as pairs: what it is called there, and what here."""
    for each in names.split(","):
        if words := each.split():
            yield words[0], words[-1]


def _exports_of(name: str) -> str:
    return f'modules["{name}"]'


def _script(modules: list[_Module]) -> str:
    return "\n\n".join(["export const modules = {};", *map(_function, modules)]) + "\n"


def _part(modules: list[_Module], entry: _Module, main: str) -> str:
    """What is loaded later takes from the page's script what that has loaded already."""
    exports = [f"export const {{ {', '.join(name for name in entry.exports if name != 'default')} }} = {_exports_of(entry.name)};"]
    if "default" in entry.exports:
        exports.append(f"export default {_exports_of(entry.name)}.default;")
    head = f'import {{ modules }} from "./{_script_name(main)}";'
    return "\n\n".join([head, *map(_function, modules), *exports]) + "\n"


def _function(module: _Module) -> str:
    exports = ", ".join(name if name == local else f"{name}: {local}" for name, local in module.exports.items())
    return f"// {module.name}\n\n{_exports_of(module.name)} ??= (() => {{\n{module.body}\nreturn {{ {exports} }};\n}})();"


def _script_name(module: str) -> str:
    """All scripts stand in one folder, so that they find each other wherever a module was."""
    return module.replace("/", "-")


def _sheet(name: str, text: str) -> str:
    """A sheet whose addresses hold from where the joined one stands."""

    def from_there(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[0]))
        return posixpath.relpath(target, FOLDER)

    return f"/* {name} */\n{_URL.sub(from_there, _INDENTS.sub('', _SHEET_COMMENTS.sub('', text)))}"
