"""The `studbook` command: every command is a few lines that call the rooms beside this module.

What a command needs is imported in it, so that none waits for what the others need.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loaders.console import Day, Group, Lazy, trouble_ends_with
from loaders.loading.request import CORRECTED_FOR, RESOURCES, Request
from loaders.settings import ROOT, refuse_another_checkout

if TYPE_CHECKING:
    from loaders.raw.session import Session


@click.group(cls=Group)
@click.version_option(package_name="studbook")
def main() -> None:
    """Load the Racing API into Postgres; dbt turns it into the racing tables."""
    refuse_another_checkout()


@contextmanager
def _at_work(
    name: str, called: str, *, lock: bytes | None = None, others: str = "another load"
) -> Iterator[Session]:
    """A session of the command's own with no load at work beside it.

    With `lock` those that hold it are not at work, which are called `others`. `name` is what they
    see of the command, `called` what it is when it says that it waits.
    """
    from loaders.api.patience import Patience
    from loaders.postgres import database
    from loaders.raw.session import LOAD, Session
    from loaders.settings import environment, patience

    session = Session(
        database.connect,
        name=name,
        called=called,
        lock=lock or LOAD,
        others=others,
        patience=Patience(in_all=patience(environment())),
    )
    with closing(session):
        session.open()
        yield session


@main.group()
def db() -> None:
    """The database in use: the server that PGHOST names, else an embedded PostgreSQL."""


@db.command("up")
def db_up() -> None:
    """Start the embedded server, or check that the one PGHOST names answers."""
    from loaders.postgres import database

    database.connect().close()
    click.echo(database.status())


@db.command("down")
@click.option("--force", is_flag=True, help="Even while a load or a build is at work in it.")
def db_down(force: bool) -> None:
    """Stop the embedded server."""
    from loaders.postgres import database

    database.stop(force=force)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the embedded server's data to the newest PostgreSQL at hand; the old ones are kept."""
    from loaders.postgres import database

    click.echo(database.upgrade(partial(click.echo, err=True)))


@db.command("status")
def db_status() -> None:
    """Say whether the server runs and where its data are."""
    from loaders.postgres import database

    click.echo(database.status())


@db.command("reset")
def db_reset() -> None:
    """Drop all that was loaded from a simulator and built of it; never real races."""
    from loaders.loading.progress import LineProgress, told_by
    from loaders.raw.origin import drop_simulated
    from loaders.raw.session import RUN

    begin = partial(_at_work, "studbook db reset", "the reset")
    # A run's next load would wait for this.
    runs = begin(lock=RUN, others="a daily or weekly run")
    with told_by(LineProgress()), runs, begin() as session:
        dropped = drop_simulated(session)
        name = session.connection.info.dbname
    click.echo(
        f"Dropped simulated races from the database {name}: {', '.join(dropped)}."
        if dropped
        else f"The database {name} holds no races, so nothing was dropped."
    )


@db.command("prune")
@click.option(
    "--versions-before",
    "before",
    type=Day(),
    required=True,
    help="Drop what was replaced before this day, but not the cards of a race's own day.",
)
def db_prune(before: date) -> None:
    """Drop earlier versions of what has landed, and with them the prices that only they had."""
    from loaders.loading.progress import LineProgress, told_by
    from loaders.loading.run import today_in_london
    from loaders.raw.prune import prune_versions

    if before > today_in_london():
        raise click.BadParameter(
            f"{before} is still to come: name a day up to today.", param_hint="--versions-before"
        )
    with told_by(LineProgress()), _at_work("studbook db prune", "the pruning") as session:
        dropped = prune_versions(session, before)
    for table, rows in dropped.items():
        click.echo(f"raw.{table}: {rows} dropped")
    if not dropped:
        click.echo("Nothing has landed in this database yet, so nothing was dropped.")


@db.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--keep-days",
    type=click.IntRange(min=0, max=99_999),
    help="Remove older ones, but never the newest.  [default: STUDBOOK_BACKUP_DAYS, or 35]",
)
def db_backup(folder: Path | None, keep_days: int | None) -> None:
    """Copy what has landed into a dated folder in FOLDER.

    It is STUDBOOK_BACKUPS by default, or else the project's backups.
    """
    from loaders.backup.backing_up import back_up
    from loaders.settings import backup_days, backup_folder, environment

    env = environment()
    days = backup_days(env) if keep_days is None else keep_days
    click.echo(f"{back_up(folder or backup_folder(env), days)} holds what has landed.")


@db.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def db_restore(folder: Path) -> None:
    """Bring what had landed back from a backup's FOLDER, into a database that holds nothing."""
    from loaders.backup.restoring import restore
    from loaders.loading.progress import LineProgress, told_by

    with told_by(LineProgress()), _at_work("studbook db restore", "the restoring") as session:
        restore(session, folder)
        name = session.connection.info.dbname
    click.echo(f"The database {name} holds again what had landed: `dbt build` makes the tables.")


@db.command("url")
def db_url() -> None:
    """Print a libpq URI of the database, without a password."""
    from loaders.postgres import database

    click.echo(database.url())


@db.command("grants")
def db_grants() -> None:
    """Print SQL that makes roles to load, build and read, for a superuser's psql."""
    from loaders.postgres import database
    from loaders.postgres.grants import grants

    click.echo(grants(database.name()))


@main.command()
@click.argument("resource", type=click.Choice(list(RESOURCES)), default="all")
@click.option("--from", "date_from", type=Day(), help="First day; default: the last loaded one.")
@click.option("--to", "date_to", type=Day(), help="Last day; default: the last one published.")
@click.option("--region", "regions", multiple=True, help="Region code such as gb; repeatable.")
@click.option("--max-horses", type=click.IntRange(min=0), help="At most so many horse profiles.")
@click.option(
    "--refresh", is_flag=True, help="Ask again for days that are complete, and for profiles."
)
@click.option(
    "--settled",
    type=click.IntRange(min=1),
    default=CORRECTED_FOR.days,
    show_default=True,
    metavar="DAYS",
    help="Ask again for those of the last so many days that were read sooner after them.",
)
@click.option("--verbose", is_flag=True, help="Show each request and each step.")
@click.option(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append each request and each step to this file.",
)
def load(
    resource: str,
    date_from: date | None,
    date_to: date | None,
    regions: tuple[str, ...],
    max_horses: int | None,
    refresh: bool,
    settled: int,
    verbose: bool,
    log_file: Path | None,
) -> None:
    """Load the Racing API into the raw schema.

    Days that are complete are not asked for again, but for those of the last five days, whose
    results may still be corrected. Ends with 0 when all has landed, 3 when some has not, 1 when the
    load failed, 130 or 143 when it was interrupted.
    """
    from loaders.loading.progress import (
        BarProgress,
        LineProgress,
        PartlyLandedError,
        shortfall,
        summary_table,
        told_by,
    )
    from loaders.loading.report import Report
    from loaders.loading.run import run
    from loaders.postgres import database
    from loaders.postgres.connection import KEEPALIVE
    from loaders.settings import Settings, environment

    settings = Settings.from_environment(environment(), regions)
    progress = BarProgress() if sys.stderr.isatty() and not verbose else LineProgress()
    request = Request(resource, date_from, date_to, max_horses, refresh, settled, regions)
    connect = partial(database.connect, **KEEPALIVE)
    report = Report()
    try:
        with told_by(progress, verbose=verbose, log_file=log_file):
            run(request, settings, connect, progress, report=report)
    finally:
        if report.summaries:
            click.echo(summary_table(report.summaries))
    if missing := shortfall(report):
        raise PartlyLandedError(missing)


@main.command()
@click.option("--test", "is_trial", is_flag=True, help="Over a day of races, in its own database.")
def daily(is_trial: bool) -> None:
    """Load what is new, build what changed with its tests, and look how fresh all is.

    Ends with 0 when all went well, 3 when some has not landed, 1 when a step failed, 130 or 143
    when it was interrupted.
    """
    from loaders.daily.beginning import run

    run("daily", click.echo, is_trial=is_trial)


@main.command()
@click.option("--test", "is_trial", is_flag=True, help="Over a day of races, in its own database.")
def weekly(is_trial: bool) -> None:
    """As daily, and all that a day leaves out: reference data, late corrections, every test.

    Ends as `studbook daily` does.
    """
    from loaders.daily.beginning import run

    run("weekly", click.echo, is_trial=is_trial)


@main.command()
@click.option("--load", "load_id", type=int, help="Of this load; default: the last that had any.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="json shows each object whole.",
)
def rejects(load_id: int | None, form: str) -> None:
    """Show the objects that a load could not land, and why."""
    from loaders.inventory.population import reader
    from loaders.raw.rejects import rejected, rejects_json, rejects_table

    with reader() as connection:
        found = rejected(connection, load_id)
    click.echo(rejects_json(found) if form == "json" else rejects_table(found))


@main.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="On a terminal, a table's lines are cut at its width.",
)
@click.option("--failing", is_flag=True, help="Only columns below their minimum, worst first.")
@click.option("--short", is_flag=True, help="Only columns filled less than expected, worst first.")
def inventory(form: str, failing: bool, short: bool) -> None:
    """List every column: type, meaning, source, share filled."""
    from loaders.inventory import listing
    from loaders.inventory.columns import read_tables
    from loaders.inventory.population import measure, reader

    tables = read_tables()
    with reader() as connection:
        measured = measure(connection, tables)
    listed = listing.entries(tables, measured)
    nothing = "No column is below its minimum."
    if short:
        listed = listing.short(listed) + (listing.failing(listed) if failing else [])
        nothing = "No column is filled less than expected."
    elif failing:
        listed = listing.failing(listed)
    if form == "table":
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(listing.inventory_table(listed, width, nothing))
    else:
        write = listing.inventory_json if form == "json" else listing.inventory_csv
        click.echo(write(listed))
    if missing := listing.not_built(tables, measured):
        click.echo(missing, err=True)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--tables", "names", multiple=True, help="Only these; several with commas.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
)
@click.option("--since", type=Day(), help="Of tables of races only those since this day.")
def export(folder: Path, names: tuple[str, ...], form: str, since: date | None) -> None:
    """Write tables into FOLDER, a file each, with a dictionary of their columns."""
    from loaders.export.exporting import chosen, count_rows, snapshot, write

    tables = chosen(names)
    with snapshot(tables) as connection:
        rows = count_rows(connection, tables, since)
        with click.progressbar(length=sum(rows.values()), label="Rows", file=sys.stderr) as bar:
            write(connection, tables, folder, form, since, bar.update)
    for table in tables:
        click.echo(f"{folder / table.name}.{form}: {rows[table.name]:,} rows")
    click.echo(f"{folder / 'dictionary.md'} says what the columns mean.")


@main.command()
@click.argument("before", metavar="SCHEMA")
@click.argument("after", metavar="SCHEMA")
@click.option("--tables", "names", multiple=True, help="Only these; several with commas.")
@click.option(
    "--without",
    multiple=True,
    metavar="COLUMN",
    help="Leave out a column of every table, or with TABLE.COLUMN of one; repeatable.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@trouble_ends_with(2)
def diff(
    before: str, after: str, names: tuple[str, ...], without: tuple[str, ...], form: str
) -> None:
    """Say what differs between two builds: tables, columns, rows and values.

    Rows are told apart by their key, and where a table has none by all that is in them. Every
    column counts, those that hang on the clock, too: build both as of one moment. What tells of the
    builds themselves, such as ra_metadata_tracking, is compared only where --tables names it. Ends
    with 0 when all is equal, with 1 when something differs, with 2 when they cannot be compared.
    """
    from loaders.diff.comparing import compare
    from loaders.diff.pairs import paired
    from loaders.diff.verdict import Verdict
    from loaders.inventory.population import reader

    wanted = [name.strip() for given in names for name in given.split(",")]
    with reader() as connection:
        tables = paired(connection, before, after, wanted, without)
        with click.progressbar(tables.pairs, label="Tables", file=sys.stderr) as pairs:
            differences = [compare(connection, pair) for pair in pairs]
    verdict = Verdict(before, after, tables, differences)
    click.echo(verdict.as_json() if form == "json" else verdict.as_text())
    sys.exit(0 if verdict.is_equal else 1)


@main.command()
@click.argument(
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "build" / "site",
    required=False,
)
@click.option("--day", type=Day(), help="The day of the page Today; default: today in London.")
def site(folder: Path, day: date | None) -> None:
    """Make the pages that people open: in FOLDER, by default build/site."""
    from loaders.site.making import make

    click.echo(f"Open {make(folder, day)} in a browser.")


@main.command()
def status() -> None:
    """Show each table: rows, columns filled, last load; the plan; which fields dried up."""
    from loaders.inventory import listing
    from loaders.inventory.columns import read_tables
    from loaders.inventory.population import (
        dried_up,
        last_loads,
        last_run,
        measure,
        plan_since,
        reader,
    )
    from loaders.settings import base_url, environment, plan_set

    env = environment()
    tables = read_tables()
    now = datetime.now().astimezone()
    with reader() as connection:
        measured = measure(connection, tables)
        loads = last_loads(connection)
        remembered = plan_since(connection, base_url(env))
        changes = dried_up(connection)
        run = last_run(connection)
    click.echo(listing.status_table(tables, measured, loads, now))
    if plan := listing.plan_line(remembered, plan_set(env), now):
        click.echo("\n" + plan)
    if needs := listing.needs_line(measured):
        click.echo(needs)
    if told := listing.run_line(run, now):
        click.echo(told)
    if changes:
        click.echo("\n" + "\n".join(changes))
    if missing := listing.not_built(tables, measured):
        click.echo(missing, err=True)


@main.command()
@click.option("--dry-run", is_flag=True, help="Send nothing: show what there is to tell.")
@click.option("--test", is_flag=True, help="Look at nothing: send a line to each address.")
def alert(dry_run: bool, test: bool) -> None:
    """Look what is wrong, and send what began and what ended to STUDBOOK_ALERT_URL."""
    from loaders.alerts.sending import try_out
    from loaders.alerts.telling import tell
    from loaders.alerts.wording import found
    from loaders.inventory.population import account_plan
    from loaders.postgres import database
    from loaders.settings import alert_url, environment

    env = environment()
    url = alert_url(env)
    if test:
        click.echo(f"Sent to {try_out(url)} of STUDBOOK_ALERT_URL: look whether it has come.")
        return
    with closing(database.connect()) as connection:
        told = tell(connection, None if dry_run else url, plan=account_plan(connection, env))
    click.echo(found(told.begun, told.going_on))
    if told.message and not told.receivers:
        unset = "" if url else "STUDBOOK_ALERT_URL is not set, and nothing is sent. "
        click.echo(f"\n{unset}This would be sent:\n\n{told.message}")
    elif told.message:
        click.echo(f"\nSent to {told.receivers} of STUDBOOK_ALERT_URL:\n\n{told.message}")


main.add_command(
    Lazy(
        "simulator",
        "simulator.command:simulator",
        "Serve a stand-in Racing API: until Ctrl-C, or while COMMAND (after --) runs.",
    )
)
