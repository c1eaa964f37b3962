"""What every test stands on: the event loop, the browser, and the rule that a full run leaves nothing out."""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from postgres_instance import PostgresInstance
from redis_instance import RedisInstance, redis_binary

# FastAPI remembers the dependencies of the last hundreds of apps. Looking for garbage among them took a sixth of the whole run.
gc.set_threshold(50_000, 20, 100)

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


@pytest.fixture(scope="session")
def redis() -> Generator[RedisInstance]:
    """A private Redis, shared by the tests that only use it; one that stops it takes a `RedisInstance` of its own."""
    if redis_binary() is None:
        pytest.skip("This test needs Redis. Get it with: apt-get install redis-server")
    with RedisInstance() as instance:
        yield instance


@pytest.fixture
def redis_url(redis: RedisInstance) -> str:
    """The address of a private Redis."""
    return redis.url


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresInstance]:
    """A PostgreSQL that all tests share, each with a database of its own. Whoever breaks it takes `own_postgres`."""
    instance = PostgresInstance()
    yield instance.start()
    instance.remove()


@pytest.fixture
def own_postgres() -> Iterator[PostgresInstance]:
    """A PostgreSQL for one test, which may kill it, start it again, and pause it."""
    instance = PostgresInstance()
    yield instance.start()
    instance.remove()


@pytest.fixture
def postgres_url(postgres: PostgresInstance) -> Iterator[str]:
    """The URL of a fresh database on the shared PostgreSQL."""
    url = postgres.make_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database: what asks for it is run on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/hubbub.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


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
