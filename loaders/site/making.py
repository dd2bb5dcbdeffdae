"""Making the site: every page from one state of the tables, and all of them at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from loaders.errors import StudbookError, printable
from loaders.inventory.columns import read_tables
from loaders.inventory.one_state import one_state
from loaders.inventory.population import SCHEMA, reader
from loaders.postgres.relations import is_there
from loaders.site.contents import PAGES
from loaders.site.page import Moment
from loaders.site.rendering import GENERATOR, environment, render

_LONDON = ZoneInfo("Europe/London")
# A web server is another user, who reads the pages even where the maker's umask keeps others out.
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


class SiteError(StudbookError):
    """The site cannot be made."""


def make(folder: Path, today: date | None = None) -> Path:
    """Make the site in a folder, in place of the one there; returns the page to open first.

    `today` is the day that the page Today is of, by default the one in London. Whoever reads the
    old pages keeps them until the new ones are all there.

    Raises SiteError when tables are not built, or the folder is not one of pages alone.
    """
    folder = folder.resolve()
    _refuse_others(folder)
    made_at = datetime.now(_LONDON)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".site.") as beside:
            new = Path(beside) / "new"
            new.mkdir()
            with _moment(today or made_at.date(), made_at) as moment:
                jinja = environment(moment, folder)
                for page in PAGES:
                    text = render(jinja, page, page.context(moment))
                    file = new / page.file
                    file.write_text(text, encoding="utf-8")
                    file.chmod(_FILE_MODE)
            new.chmod(_FOLDER_MODE)
            if folder.exists():
                folder.rename(Path(beside) / "old")
            new.rename(folder)
    except OSError as error:
        raise SiteError(
            f"{error.filename or folder} cannot be written ({error.strerror}): name another "
            "folder, or make room."
        ) from error
    return folder / PAGES[0].file


@contextmanager
def _moment(today: date, made_at: datetime) -> Iterator[Moment]:
    """The state of all tables at one moment; what PostgreSQL refuses is a SiteError."""
    names = [table.name for table in read_tables()]
    with reader() as connection, _explained(connection):
        missing = [name for name in names if not is_there(connection, f"{SCHEMA}.{name}")]
        if missing:
            raise SiteError(
                f"The database {connection.info.dbname} has no {', '.join(missing)} yet: build "
                "with `dbt build`."
            )
        with one_state(connection, names):
            connection.execute("set local timezone to 'Europe/London'")
            yield Moment(connection, today, made_at)


@contextmanager
def _explained(connection: psycopg.Connection[Any]) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege:
        raise SiteError(
            f"User {connection.info.user} may not read the tables of {SCHEMA}: grant it usage on "
            "the schema and select on its tables (`studbook db grants`)."
        ) from None
    except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable) as error:
        raise SiteError(
            f"The tables of {SCHEMA} are of another Studbook ({error.diag.message_primary}): build "
            "with `dbt build`."
        ) from None
    except psycopg.Error as error:
        told = printable(error.diag.message_primary or str(error))
        raise SiteError(
            f"The tables of {SCHEMA} cannot be read ({told}): make the site again, after "
            "`dbt build` where that does not help."
        ) from error


def _refuse_others(folder: Path) -> None:
    """Raises SiteError for a folder in which there is anything but pages of a site."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise SiteError(f"{folder} is a file: name a folder.")
    for file in sorted(folder.iterdir()):
        if file.suffix != ".html" or GENERATOR not in _head(file):
            raise SiteError(
                f"{folder} holds {file.name}, which is not of the site, and the site takes the "
                "whole folder: name another one."
            )


def _head(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as text:
        return text.read(1000)
