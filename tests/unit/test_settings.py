"""Settings are read once, checked, and keep their secret."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from loaders import settings as config
from loaders.settings import (
    ConfigError,
    Plan,
    Settings,
    backup_days,
    backup_folder,
    environment,
)

LOGIN = {"RACING_API_USERNAME": "lad", "RACING_API_PASSWORD": "hush-hush"}


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_password_in_the_file_env_is_taken_as_it_is_written(
    quote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.delenv("RACING_API_PASSWORD", raising=False)
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    file.write_text(
        f"RACING_API_USERNAME=lad\nRACING_API_PASSWORD={quote}a${{RACING_API_USERNAME}}$b{quote}\n"
    )

    assert environment()["RACING_API_PASSWORD"] == "a${RACING_API_USERNAME}$b"


@pytest.mark.parametrize("name", ["RACING_API_PASSWORD", "PGPASSWORD", "PGDATABASE"])
def test_a_variable_that_is_not_utf_8_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, os.fsdecode(b"hush-hush\xff"))

    with pytest.raises(ConfigError) as caught:
        environment()

    assert str(caught.value) == f"The variable {name} is not UTF-8 text: set it again."


def test_what_envrc_exported_is_not_the_users_but_a_later_export_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    file.write_text("PGDATABASE=mares\nPGUSER=ann\n")
    monkeypatch.setenv("STUDBOOK_EXPORTED", '{"PGDATABASE": "studs", "PGUSER": "joe"}')
    monkeypatch.setenv("PGDATABASE", "studs")
    monkeypatch.setenv("PGUSER", "bob")

    assert (environment()["PGDATABASE"], environment()["PGUSER"]) == ("mares", "bob")


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o604, 0o602, 0o666])
def test_a_file_env_that_other_users_can_read_or_change_is_refused(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path / "a yard")
    file = tmp_path / "a yard" / ".env"
    file.parent.mkdir()
    file.write_text("RACING_API_PASSWORD=hush-hush\n")
    file.chmod(mode)

    with pytest.raises(ConfigError) as caught:
        environment()

    assert str(caught.value) == (
        f"{file} holds passwords, and other users may read or change it: run `chmod 600 '{file}'`."
    )


def test_git_ignores_the_file_env_and_its_copies_but_not_the_example(tmp_path: Path) -> None:
    shutil.copy(config.ROOT / ".gitignore", tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    names = [".env", ".env.bak", "loaders/.env", ".env.example", ".envrc"]

    ignored = subprocess.run(
        ["git", "check-ignore", *names], cwd=tmp_path, capture_output=True, text=True
    ).stdout.split()

    assert ignored == [".env", ".env.bak", "loaders/.env"]


def test_defaults_are_the_real_api_for_britain_and_ireland_at_its_documented_rates() -> None:
    settings = Settings.from_environment(LOGIN)

    assert settings.base_url == "https://api.theracingapi.com"
    assert settings.regions == ("gb", "ire")
    assert settings.rate is None


def test_patience_is_a_quarter_of_an_hour_or_what_is_set_in_minutes() -> None:
    assert Settings.from_environment(LOGIN).patience == 900
    assert Settings.from_environment({**LOGIN, "STUDBOOK_PATIENCE": "0.5"}).patience == 30


def test_backups_are_kept_for_35_days_in_the_project_unless_it_is_set() -> None:
    assert backup_folder({}) == config.ROOT / "backups"
    assert backup_folder({"STUDBOOK_BACKUPS": "/mnt/kept"}) == Path("/mnt/kept")
    assert (backup_days({}), backup_days({"STUDBOOK_BACKUP_DAYS": " 90 "})) == (35, 90)
    for wrong in ("-1", "1.5", "a year", "999999"):
        with pytest.raises(ConfigError, match="STUDBOOK_BACKUP_DAYS is "):
            backup_days({"STUDBOOK_BACKUP_DAYS": wrong})


def test_the_plan_is_found_out_unless_it_is_set() -> None:
    assert Settings.from_environment({**LOGIN, "RACING_API_PLAN": " "}).plan is None
    assert Settings.from_environment({**LOGIN, "RACING_API_PLAN": "Standard"}).plan is Plan.STANDARD


def test_regions_are_lower_case_and_the_command_lines_go_first() -> None:
    env = {**LOGIN, "RACING_API_REGIONS": "GB,, Fr,"}

    assert Settings.from_environment(env).regions == ("gb", "fr")
    assert Settings.from_environment(env, ["IRE", "ire"]).regions == ("ire",)


@pytest.mark.parametrize("missing", LOGIN)
def test_missing_credentials_are_one_sentence_with_a_way_out(missing: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_environment({**LOGIN, missing: ""})

    assert str(caught.value) == (
        "Set RACING_API_USERNAME and RACING_API_PASSWORD in the environment or in .env to load "
        "from the Racing API; `make demo` needs neither."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RACING_API_RATE", "fast"),
        ("RACING_API_RATE", "0"),
        ("RACING_API_RATE", "-1"),
        ("RACING_API_RATE", "nan"),
        ("RACING_API_RATE", "inf"),
        ("STUDBOOK_PATIENCE", "long"),
        ("STUDBOOK_PATIENCE", "0"),
        ("RACING_API_PLAN", "gold"),
        ("RACING_API_REGIONS", " , "),
        ("RACING_API_REGIONS", "gb;drop"),
        ("RACING_API_BASE_URL", "api.theracingapi.com"),
        ("RACING_API_BASE_URL", "ftp://api.theracingapi.com"),
        ("RACING_API_BASE_URL", "https://"),
        ("RACING_API_BASE_URL", "https://host:port"),
        ("RACING_API_BASE_URL", "https://host:0"),
        ("RACING_API_BASE_URL", "https://host?key=hush-hush"),
        ("RACING_API_BASE_URL", "https://host/\x1b[2J"),
        ("RACING_API_BASE_URL", "https://lad:hush-hush@api.theracingapi.com"),
        ("RACING_API_BASE_URL", "http://lad:hush-hush@localhost"),
        ("RACING_API_BASE_URL", "http://hush-hush@localhost"),
        ("RACING_API_USERNAME", "a:b"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        Settings.from_environment({**LOGIN, name: value})

    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "api.theracingapi.com",
        "10.0.0.1",
        "192.168.1.20",
        "0.0.0.0",
        "[::]",
        "[2001:db8::1]",
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "evil-localhost",
        # Forms that some programs take for 127.0.0.1 and others look up.
        "0x7f.1",
        "127.1",
        "2130706433",
        "017700000001",
        "localhost.",
        "localhost%2eevil.com",
        "localhost\t.evil.com",
        "localhost;evil.com",
        "evil.com\\.localhost",
        "[::1%25eth0]",
        "[::1]evil.com",
        "①②⑦.0.0.1",
        "\uff4cocalhost",
    ],
)
def test_another_machine_is_never_reached_without_tls(host: str) -> None:
    env = {**LOGIN, "RACING_API_BASE_URL": f"http://{host}"}

    with pytest.raises(ConfigError, match="RACING_API_BASE_URL must"):
        Settings.from_environment(env)


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_this_machine_may_be_reached_without_tls(host: str) -> None:
    env = {**LOGIN, "RACING_API_BASE_URL": f"http://{host}:8000/"}

    assert Settings.from_environment(env).base_url == f"http://{host}:8000"


def test_an_address_may_have_a_path() -> None:
    env = {**LOGIN, "RACING_API_BASE_URL": "https://proxy.example.org/racing/"}

    assert Settings.from_environment(env).base_url == "https://proxy.example.org/racing"


def test_credentials_are_not_shown() -> None:
    settings = Settings.from_environment(LOGIN)

    assert "hush-hush" not in f"{settings} {settings!r}"
    assert "lad" not in f"{settings} {settings!r}"
