"""What every test stands on: the event loop, the browser, and the rule that a full run leaves nothing out."""

import os
import shutil
from collections.abc import Generator

import pytest

# Where everything is installed, a test that skips itself is a hole in the net.
NOTHING_MAY_BE_SKIPPED = os.environ.get("CI", "").lower() in ("true", "1") or os.environ.get("HUBBUB_TEST_ALL") == "1"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("This test needs Chromium. Get it with: apt-get install chromium")
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _count_as_failed(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        _count_as_failed(report)
    return report


def _count_as_failed(report: pytest.TestReport | pytest.CollectReport) -> None:
    if NOTHING_MAY_BE_SKIPPED:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nWith CI or HUBBUB_TEST_ALL set, nothing may be skipped."
