"""Settings are read once, checked, and keep their secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders import config
from loaders.config import ConfigError, Settings, environment

LOGIN = {"RACING_API_USERNAME": "lad", "RACING_API_PASSWORD": "hush-hush"}


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_password_in_the_file_env_is_taken_as_it_is_written(
    quote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.delenv("RACING_API_PASSWORD", raising=False)
    (tmp_path / ".env").write_text(
        f"RACING_API_USERNAME=lad\nRACING_API_PASSWORD={quote}a${{RACING_API_USERNAME}}$b{quote}\n"
    )

    assert environment()["RACING_API_PASSWORD"] == "a${RACING_API_USERNAME}$b"


def test_what_envrc_exported_is_not_the_users_but_a_later_export_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    (tmp_path / ".env").write_text("PGDATABASE=mares\nPGUSER=ann\n")
    monkeypatch.setenv("STUDBOOK_EXPORTED", '{"PGDATABASE": "studs", "PGUSER": "joe"}')
    monkeypatch.setenv("PGDATABASE", "studs")
    monkeypatch.setenv("PGUSER", "bob")

    assert (environment()["PGDATABASE"], environment()["PGUSER"]) == ("mares", "bob")


def test_defaults_are_the_real_api_for_britain_and_ireland_at_its_documented_rates() -> None:
    settings = Settings.from_environment(LOGIN)

    assert settings.base_url == "https://api.theracingapi.com"
    assert settings.regions == ("gb", "ire")
    assert settings.rate is None


def test_patience_is_a_quarter_of_an_hour_or_what_is_set_in_minutes() -> None:
    assert Settings.from_environment(LOGIN).patience == 900
    assert Settings.from_environment({**LOGIN, "STUDBOOK_PATIENCE": "0.5"}).patience == 30


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
        ("RACING_API_REGIONS", " , "),
        ("RACING_API_REGIONS", "gb;drop"),
        ("RACING_API_BASE_URL", "api.theracingapi.com"),
        ("RACING_API_BASE_URL", "ftp://api.theracingapi.com"),
        ("RACING_API_BASE_URL", "https://"),
        ("RACING_API_BASE_URL", "https://host:port"),
        ("RACING_API_BASE_URL", "http://api.theracingapi.com"),
        ("RACING_API_BASE_URL", "https://lad:hush-hush@api.theracingapi.com"),
        ("RACING_API_USERNAME", "a:b"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        Settings.from_environment({**LOGIN, name: value})

    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
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
