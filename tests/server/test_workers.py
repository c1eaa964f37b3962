"""Several processes that serve as one: whoever looks after them starts, replaces and ends them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.server.workers import LOOK_SECONDS, SILENT_LOOKS

PROGRAM = Path(__file__).with_name("worker_program.py")
PATIENCE = 60


class Family:
    """The program, and what its workers say."""

    def __init__(self, *arguments):
        command = [sys.executable, str(PROGRAM), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def says(self, lines):
        """The next so many lines of its workers, in words."""
        return [self.process.stdout.readline().split() for _ in range(lines)]

    def serves(self):
        """The process ids of both workers, by number, once they serve."""
        said = self.says(4)
        assert sorted(line[0] for line in said) == ["begins", "begins", "serves", "serves"]
        return {int(number): int(pid) for word, number, pid, *_ in said if word == "serves"}

    def ends(self):
        """The exit code, and what was left to say on both ways."""
        said, complaints = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said.splitlines(), complaints


@pytest.fixture
def family():
    family = Family()
    yield family
    if family.process.stdout.closed:
        return
    family.process.kill()
    family.ends()


def test_they_begin_one_after_the_other_and_end_together(family):
    said = family.says(4)
    first, second = (line for line in said if line[0] == "begins")
    assert (first[1], first[3], second[1], second[3]) == ("0", "True", "1", "False")
    family.process.send_signal(signal.SIGTERM)
    code, said, complaints = family.ends()
    assert (code, complaints) == (0, "")
    assert sorted(line.split()[:2] for line in said) == [["ends", "0"], ["ends", "1"]]


def test_ctrl_c_ends_them_too(family):
    family.serves()
    family.process.send_signal(signal.SIGINT)
    code, said, _ = family.ends()
    assert (code, len(said)) == (0, 2)


def test_one_that_dies_is_replaced(family):
    old = family.serves()[1]
    os.kill(old, signal.SIGKILL)
    [(_, number, new, is_first), _] = family.says(2)
    assert (number, is_first) == ("1", "False")
    assert int(new) != old
    family.process.send_signal(signal.SIGTERM)
    code, said, complaints = family.ends()
    assert (code, len(said)) == (0, 2)
    assert f"Worker 2 (process {old}) was ended by signal 9" in complaints


def test_one_that_dies_as_soon_as_it_serves_ends_nothing(tmp_path):
    family = Family("dies once", str(tmp_path / "died"))
    said = family.says(5)
    assert sorted(line[:2] for line in said) == [["begins", "0"], ["begins", "1"], ["begins", "1"], ["serves", "0"], ["serves", "1"]]
    family.process.send_signal(signal.SIGTERM)
    code, said, complaints = family.ends()
    assert (code, len(said)) == (0, 2)
    assert "was ended by signal 9; another one takes its place" in complaints


def test_one_that_hangs_is_killed_and_replaced_and_one_that_lives_is_not(tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("0")
    family = Family("", str(clock))
    pids = family.serves()
    os.kill(pids[1], signal.SIGSTOP)
    said, looks = "", 0
    while said != "begins":
        looks += 1
        os.kill(pids[0], signal.SIGUSR1)
        assert looks < 1000
        [[said, *_]] = family.says(1)
        (tmp_path / "later").write_text(str(looks * LOOK_SECONDS))
        (tmp_path / "later").rename(clock)
        family.process.send_signal(signal.SIGCHLD)
    assert looks > SILENT_LOOKS
    family.process.send_signal(signal.SIGTERM)
    code, _, complaints = family.ends()
    assert code == 0
    assert f"Worker 2 (process {pids[1]}) has not answered for 30 seconds" in complaints
    assert "Worker 1 " not in complaints


@pytest.mark.parametrize("moment", ["begins", "replaces one", "replaces all"])
def test_stopped_at_any_moment_they_end_in_good_order(moment):
    stopped = subprocess.run([sys.executable, PROGRAM.with_name("stopped_at_any_moment.py"), moment], capture_output=True, text=True)
    assert stopped.returncode == 0, stopped.stderr
    assert int(stopped.stdout) > 20


def test_the_end_of_a_process_that_is_none_of_them_is_nothing_to_them():
    # As happens to whoever is the first process of a container.
    family = Family("beside a stranger")
    family.serves()
    family.process.send_signal(signal.SIGTERM)
    code, said, complaints = family.ends()
    assert (code, len(said), complaints) == (0, 2, "")


def test_sighup_replaces_each_by_a_new_one_that_begins_before_the_old_one_ends(family):
    old = family.serves()
    family.process.send_signal(signal.SIGHUP)
    said = family.says(6)
    order = [(word, int(number)) for word, number, *_ in said if word != "serves"]
    assert order == [("begins", 0), ("ends", 0), ("begins", 1), ("ends", 1)]
    assert {int(number): int(pid) for word, number, pid, *_ in said if word == "ends"} == old
    family.process.send_signal(signal.SIGTERM)
    assert family.ends()[0] == 0


def test_they_end_when_whoever_looks_after_them_is_gone(family):
    family.serves()
    family.process.kill()
    # The pipe is at its end when nobody is left who could write to it.
    code, said, _ = family.ends()
    assert (code, len(said)) == (-signal.SIGKILL, 2)


def test_one_that_cannot_begin_ends_them_all_with_its_exit_code():
    code, said, _ = Family("unready").ends()
    assert code == 7
    assert [line.split()[0] for line in said] == ["begins", "serves", "ends"]
