"""One embedded server a folder: killed, moved, copied, and shared by containers."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path

import psycopg
import pytest
from dbt.adapters.postgres.connections import PostgresCredentials

from loaders.postgres.connection import DatabaseError
from loaders.postgres.embedded import EmbeddedServer
from loaders.raw.session import Session
from tests.integration.loading import wait_for
from tests.integration.project import Project, ask, process_of
from tests.integration.readme import matches, only

CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]


FOREVER = "import sys, time\nsys.stdout.flush()\ntime.sleep(300)"


@pytest.fixture
def container(project: Project) -> Project:
    """The project as another container has it: the same folder, other process ids."""
    if (
        shutil.which(CONTAINER[0]) is None
        or subprocess.run([*CONTAINER, "true"], capture_output=True).returncode
    ):
        pytest.skip("processes cannot be given other ids here")
    inside = copy(project)
    inside.before = CONTAINER
    return inside


@contextmanager
def kept_up(container: Project) -> Iterator[None]:
    """The server as a container runs it, which ends in the end."""
    inside = copy(container)
    inside.program = f"from loaders.cli import main\nmain(standalone_mode=False)\n{FOREVER}"
    process = inside.start("db", "up")
    assert process.stdout
    assert "(embedded) runs" in process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.communicate()


def servers_of(folder: Path) -> int:
    """How many servers work in a folder, by what the kernel says of their processes."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder / "data":
                parents[process.name] = (process / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
    return len(set(parents) - {name for name, parent in parents.items() if parent in parents})


def test_a_second_container_uses_the_server_of_the_first_and_cannot_stop_it(
    project: Project, container: Project
) -> None:
    home = project.root / ".postgres"
    process = process_of(project.db("up"))

    assert "in another container." in container.db("up")
    assert container.refused("down") == (
        f"The server of {home} runs in another container, and can be stopped only there: run "
        "`studbook db down` in it, or end it."
    )
    assert process_of(project.db("status")) == process
    assert servers_of(home) == 1


def test_the_server_of_a_container_is_used_from_outside_and_its_end_leaves_no_trace(
    project: Project, container: Project
) -> None:
    home = project.root / ".postgres"
    with kept_up(container):
        inside = int((home / "data" / "postmaster.pid").read_text().split()[0])
        uri = project.db("url").strip()
        outside = process_of(project.db("up"))
        assert outside != inside
        assert servers_of(home) == 1
        ask(uri, "select 1")
    # As docker kill does it; the process id that is left may be anybody's here.
    assert "is not running" in project.db("status")
    assert process_of(project.db("up")) != outside
    assert ask(uri, "select 1") == 1


def test_what_is_left_of_a_killed_server_keeps_a_second_one_away(project: Project) -> None:
    killed = process_of(project.db("up"))
    with psycopg.connect(project.db("url").strip()) as connection:
        left = connection.info.backend_pid
        os.kill(left, signal.SIGSTOP)
        os.kill(killed, signal.SIGKILL)
        sentence = project.refused("up")
        assert sentence.startswith(
            f"A server runs on {project.root / '.postgres'} but does not answer here:"
        )
        assert sentence.endswith("or it is what is left of a killed one: wait for its end.")
        assert sentence in f"Error: {project.db('status')}"
        assert matches(only("A server runs on"), sentence)
        os.kill(left, signal.SIGKILL)
    assert process_of(project.db("up")) != killed


def test_a_server_that_is_starting_is_said_to_be(project: Project) -> None:
    starting = project.start("db", "up")
    seen = set()
    while starting.poll() is None:
        seen.add(project.db("status").partition("\n")[0])
    starting.communicate()
    assert (
        "The embedded PostgreSQL is starting, stopping or being upgraded: ask again when that has "
        "ended."
    ) in seen
    assert not [sentence for sentence in seen if "does not answer here" in sentence]


def test_a_killed_server_can_be_started_at_once(project: Project) -> None:
    for _ in range(3):
        os.kill(process_of(project.db("up")), signal.SIGKILL)
    project.db("up")
    assert servers_of(project.root / ".postgres") == 1


def by_hand(server: EmbeddedServer, command: str, *options: str) -> None:
    """What pg_ctl does to a server's data."""
    [programs] = server.folder.glob("programs/*/pgserver/pginstall/bin")
    identity = server.account.identity if server.account else {}
    subprocess.run(
        [programs / "pg_ctl", command, "--wait", "-D", server.cluster.data, *options],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **identity,
    )


def test_a_server_started_by_hand_is_used_and_stopped(folder: Path) -> None:
    server = EmbeddedServer(folder / "postgres")
    server.up()
    server.down()
    by_hand(server, "start", "-l", str(server.log))
    try:
        process = server.process()
        server.up()
        assert server.process() == process
        assert servers_of(server.folder) == 1
    finally:
        server.down()
    assert not server.is_running()
    # Without our lock it may be a moment from its end.
    wait_for(lambda: servers_of(server.folder) == 0)


@pytest.mark.parametrize("where", ["-p 5439", "-k {data}"])
def test_a_server_started_by_hand_elsewhere_is_told_and_stays_the_only_one(
    folder: Path, where: str
) -> None:
    server = EmbeddedServer(folder / "postgres")
    server.up()
    server.down()
    data = server.cluster.data
    by_hand(server, "start", "-l", str(server.log), "-o", where.format(data=data))
    try:
        process = int((data / "postmaster.pid").read_text().split()[0])
        with pytest.raises(DatabaseError) as refused:
            server.up()
        [socket] = [found for found in folder.rglob(".s.PGSQL.*") if found.is_socket()]
        assert str(refused.value) == (
            f"A server runs on {server.folder} but does not answer here: it listens on {socket}; "
            f"stop it as it was started, or end it (process {process})."
        )
        assert matches(only("A server runs on"), str(refused.value))
        assert server.state() == str(refused.value)
        assert servers_of(server.folder) == 1
        os.kill(process, 0)
    finally:
        by_hand(server, "stop")
    server.up()
    server.down()


def test_who_listens_where_a_crashed_server_did_is_not_taken_for_it(folder: Path) -> None:
    crashed = EmbeddedServer(folder / "postgres")
    crashed.up()
    left = (crashed.cluster.data / "postmaster.pid").read_text()
    crashed.down()
    crashed.folder.rename(folder / "moved")
    other = EmbeddedServer(folder / "postgres")
    other.up()
    moved = EmbeddedServer(folder / "moved")
    try:
        (moved.cluster.data / "postmaster.pid").write_text(left)
        moved.up()
        assert moved.process() != other.process()
    finally:
        moved.down()
        other.down()


@pytest.mark.parametrize("name", ["short", "x" * 100])
def test_a_folder_moved_while_its_server_runs_is_told_and_put_right(
    folder: Path, name: str
) -> None:
    before = Project(folder / name)
    process = process_of(before.db("up"))
    with psycopg.connect(before.db("url").strip()) as connection:
        connection.execute("create table winners as select 'Frankel' as name")
    after = copy(before)
    after.root = before.root.with_name(f"{name}-moved")
    after.path = [str(after.root), *before.path[1:]]
    before.root.rename(after.root)
    try:
        sentence = after.refused("up")
        assert sentence == (
            f"{after.root / '.postgres'} was moved from {before.root / '.postgres'} while its "
            f"server ran, process {process}: run `studbook db down`, and `studbook db up` starts "
            "it here."
        )
        assert after.db("status").startswith(sentence)
        after.db("down")
        assert servers_of(after.root / ".postgres") == 0
        assert process_of(after.db("up")) != process
        assert ask(after.db("url").strip(), "select name from winners") == "Frankel"
    finally:
        after.db("down", "--force")


def test_a_copy_made_while_the_server_ran_is_refused_and_one_made_after_it_is_its_own(
    project: Project, folder: Path
) -> None:
    first = process_of(project.db("up"))
    other = copy(project)
    other.root = folder / "copy"
    other.path = [str(other.root), *project.path[1:]]

    def copied() -> None:
        subprocess.run(["cp", "-a", project.root, other.root], check=True)

    copied()
    sentence = other.refused("up")
    assert sentence == (
        f"{other.root / '.postgres'} is a copy of {project.root / '.postgres'} that was made while "
        "its server ran, and may be torn: delete it, run `studbook db down` there, and copy it "
        "again."
    )
    assert other.refused("upgrade") == sentence
    assert "is not running" in other.db("status")
    other.db("down")
    assert process_of(project.db("status")) == first
    shutil.rmtree(other.root)
    project.db("down")
    copied()
    try:
        second = process_of(other.db("up"))
        assert process_of(project.db("up")) != second
        uri = other.db("url").strip()
        assert ask(uri, "show data_directory") == str(other.root / ".postgres" / "data")
    finally:
        other.db("down")


def test_down_names_who_is_at_work_and_not_who_is_only_connected(folder: Path) -> None:
    server = EmbeddedServer(folder / "postgres")
    server.up()
    login = {**server.parameters, "user": "studbook", "dbname": "studbook"}

    def refused(program: str) -> None:
        with pytest.raises(DatabaseError) as error:
            server.down()
        assert re.fullmatch(
            rf"{program} is at work in the database studbook \(server process \d+, since "
            r"\S+ \S+ \+00\): wait for its end, or stop the server all the same with "
            r"`studbook db down --force`\.",
            str(error.value),
        )
        assert matches(only("… is at work"), str(error.value))

    idle = psycopg.connect(**login, application_name="psql")
    try:
        idle.execute("select 1")
        load = Session(lambda: psycopg.connect(**login))
        load.open()
        refused("studbook load")
        load.close()
        with psycopg.connect(**login, application_name=PostgresCredentials.application_name):
            refused("dbt")
        with psycopg.connect(**login, application_name="notebook") as changes:
            changes.execute("create table winners ()")
            refused("notebook")
        with psycopg.connect(**login, application_name="report") as statement:
            statement.pgconn.send_query(b"select pg_sleep(300)")
            refused("report")
            statement.cancel()
            while statement.pgconn.get_result():
                pass
        server.down()
        assert not server.is_running()
        with pytest.raises(psycopg.OperationalError):
            idle.execute("select 1")
    finally:
        idle.close()
        server.down(force=True)


def test_down_stops_the_server_under_a_load_when_it_is_forced(project: Project) -> None:
    project.db("up")
    with psycopg.connect(project.db("url").strip(), application_name="dbt"):
        assert project.refused("down").startswith("dbt is at work in the database studbook (")
        project.db("down", "--force")
    assert "is not running" in project.db("status")
