"""What `pip install` gives: everything it takes to serve, and nothing of the source tree."""

import subprocess
import sys
from pathlib import Path

import pytest
from hubbub_process import hubbub

ROOT = Path(__file__).parents[2]
INSTALLING_SECONDS = 600


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The bin folder of a fresh environment that Hubbub was installed into, dependencies and all."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=INSTALLING_SECONDS)
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", ROOT], check=True, timeout=INSTALLING_SECONDS)
    return folder / "bin"


@pytest.mark.timeout(2 * INSTALLING_SECONDS)
def test_an_installed_hubbub_serves_without_the_source_tree(installed, serves, folder, tmp_path):
    program = [installed / "hubbub"]
    server = serves(folder, program=program, cwd=tmp_path)
    with server.http() as browser:
        page = browser.get("/")
        assert page.status_code == 200
        assert "<!doctype html>" in page.text.lower()
        for path in (ROOT / "src" / "hubbub" / "web").rglob("*.*"):
            if path.suffix in (".js", ".css", ".html", ".svg", ".webmanifest"):
                name = path.relative_to(ROOT / "src" / "hubbub" / "web")
                assert browser.get(f"/web/{name}").content == path.read_bytes(), name
    assert hubbub("user", "add", "ada", "--data", folder, program=program).returncode == 0
    where = [installed / "python", "-c", "import hubbub; print(hubbub.__file__)"]
    found = subprocess.run(where, capture_output=True, text=True, check=True, cwd=tmp_path, timeout=INSTALLING_SECONDS)
    assert found.stdout.startswith(str(installed.parent))
