"""Fetches the pinned npm packages that the browser client is served with, byte for byte as they were published.

    python tools/vendor.py          check the files in src/hubbub/web/vendor against vendor.lock.json
    python tools/vendor.py fetch    fetch them again with `npm pack`; a version already in the lock must come out the same

Only maintainers run this, and only `fetch` needs npm. To raise a version, change it in PACKAGES, then fetch.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

VENDOR = Path(__file__).resolve().parent.parent / "src" / "hubbub" / "web" / "vendor"
LOCK = VENDOR / "vendor.lock.json"


class Package(NamedTuple):
    """One npm package, and which of its files is served under which name."""

    name: str
    version: str
    licence: str
    licence_file: str
    files: dict[str, str]


PACKAGES = [
    Package("preact", "11.2.0", "MIT", "LICENSE", {"dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "preact-hooks.js"}),
    Package("@preact/signals-core", "1.14.5", "MIT", "LICENSE", {"dist/signals-core.mjs": "signals-core.js"}),
    Package("@preact/signals", "2.11.4", "MIT", "LICENSE", {"dist/signals.mjs": "signals.js"}),
    Package("htm", "3.1.1", "Apache-2.0", "LICENSE", {"dist/htm.mjs": "htm.js"}),
    Package("marked", "18.2.1", "MIT", "LICENSE", {"lib/marked.esm.js": "marked.js"}),
    Package("emojibase-data", "17.0.0", "MIT", "LICENSE", {"en/compact.json": "emoji.json"}),
    Package("temml", "0.13.5", "MIT", "LICENSE", {"dist/temml.mjs": "temml.js"}),
    Package("idb-keyval", "6.3.0", "Apache-2.0", "LICENCE", {"dist/index.js": "idb-keyval.js"}),
]


def main() -> int:
    """Checks, or fetches and then checks; the exit status says whether all is as locked."""
    if sys.argv[1:] == ["fetch"]:
        fetch()
    elif sys.argv[1:]:
        print(__doc__)
        return 2
    problems = differences()
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(json.loads(LOCK.read_text())['packages'])} packages are as locked.")
    return 1 if problems else 0


def differences() -> list[str]:
    """What in the vendor folder is not as the lock says, one sentence each."""
    locked = {
        name: digest
        for package in json.loads(LOCK.read_text())["packages"]
        for name, digest in {**package["files"], **package["licence_file"]}.items()
    }
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {LOCK.name}
    found = [f"{name} is in the lock but not in the folder: run `fetch`." for name in sorted(locked.keys() - present)]
    found += [f"{name} is in the folder but not in the lock: remove it." for name in sorted(present - locked.keys())]
    found += [
        f"{name} is not the published file: run `fetch`."
        for name in sorted(locked.keys() & present)
        if sha256((VENDOR / name).read_bytes()) != locked[name]
    ]
    return found


def fetch() -> None:
    """Downloads every package, holds it against the lock and writes files, licences and lock."""
    known = {}
    if LOCK.exists():
        known = {(entry["name"], entry["version"]): entry["integrity"] for entry in json.loads(LOCK.read_text())["packages"]}
    entries = []
    for package in PACKAGES:
        tarball = download(package)
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
        expected = known.get((package.name, package.version), integrity)
        if integrity != expected:
            raise SystemExit(f"{package.name} {package.version}: expected {expected}, got {integrity}. Do not use it; find out why.")
        entries.append(unpack(package, tarball, integrity))
    LOCK.write_text(json.dumps({"packages": entries}, indent=2) + "\n")


def download(package: Package) -> bytes:
    """The tarball as the registry serves it; npm itself verifies it against the registry's own digest."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--json", f"{package.name}@{package.version}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
        (path,) = Path(folder).glob("*.tgz")
        return path.read_bytes()


def unpack(package: Package, tarball: bytes, integrity: str) -> dict[str, Any]:
    """Writes the package's files and licence; returns its entry for the lock."""
    licence_name = f"licenses/{package.name.removeprefix('@').replace('/', '-')}.txt"
    wanted = {**package.files, package.licence_file: licence_name}
    digests = {}
    with tempfile.TemporaryFile() as file:
        file.write(tarball)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            for inside, outside in wanted.items():
                member = archive.extractfile(f"package/{inside}")
                if member is None:
                    raise SystemExit(f"{package.name} {package.version} has no file {inside}: mend PACKAGES.")
                content = member.read()
                (VENDOR / outside).parent.mkdir(parents=True, exist_ok=True)
                (VENDOR / outside).write_bytes(content)
                digests[outside] = sha256(content)
    licence = {licence_name: digests.pop(licence_name)}
    entry = package._asdict() | {"integrity": integrity, "files": digests, "licence_file": licence}
    return {key: entry[key] for key in ("name", "version", "integrity", "licence", "files", "licence_file")}


def sha256(content: bytes) -> str:
    """The digest as the lock writes it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()


if __name__ == "__main__":
    sys.exit(main())
