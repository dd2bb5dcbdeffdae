"""Where a test run keeps its files: what killed runs left goes, what others hold stays."""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
from pathlib import Path

import pytest

from tests import memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/shm")


@pytest.fixture(autouse=True)
def _memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MEMORY", tmp_path)
    monkeypatch.setattr(memory, "ROOM", 0)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delenv("TMPDIR", raising=False)


def test_files_are_there_until_the_run_ends(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    with memory.files_in_memory():
        file = Path(tempfile.mkstemp()[1])
        [folder] = tmp_path.iterdir()
        assert file.parent == folder
        assert os.environ["TMPDIR"] == str(folder)
    assert not folder.exists()
    assert tempfile.gettempdir() == before


def test_what_a_killed_run_left_goes_and_what_another_one_holds_stays(tmp_path: Path) -> None:
    killed, running = tmp_path / "tests-killed", tmp_path / "tests-running"
    for folder in (killed, running):
        folder.mkdir()
        (folder / "file").touch()
    held = os.open(running, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)
    with memory.files_in_memory():
        assert not killed.exists()
    os.close(held)
    assert (running / "file").exists()


@pytest.mark.parametrize(("place", "room"), [("said", 0), (None, 2**62)])
def test_files_are_elsewhere_where_that_is_said_or_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str | None, room: int
) -> None:
    monkeypatch.setattr(memory, "ROOM", room)
    if place:
        monkeypatch.setenv("TMPDIR", place)
    with memory.files_in_memory():
        assert os.environ.get("TMPDIR") == place
        assert not [*tmp_path.iterdir()]
