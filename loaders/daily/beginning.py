"""`studbook daily` and `studbook weekly`: one at a time, on the real database or on a trial's."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg

from loaders.api.patience import Patience
from loaders.daily import trial
from loaders.daily.children import Children
from loaders.daily.interruption import interruptible
from loaders.daily.log_files import log_folder, new_log
from loaders.daily.run_log import RunLog
from loaders.daily.running import Run, Tell, explained
from loaders.daily.step import Ground
from loaders.daily.timetable import STEPS
from loaders.loading.progress import LineProgress, told_by
from loaders.loading.run import refused_by_database
from loaders.postgres import database
from loaders.postgres.connection import KEEPALIVE
from loaders.postgres.shell import sourced
from loaders.raw.load_log import remembered_plan
from loaders.raw.session import RUN, TRIAL, Session
from loaders.settings import Plan, base_url, environment, patience, plan_set, target_folder


def run(kind: str, tell: Tell, *, is_trial: bool = False) -> None:
    """Do a daily or a weekly run, once no other one is at work in the database.

    A trial does its steps over a day of races in a database of its own, which goes when all went
    well.

    Raises RunError unless all steps went well, OthersAtWorkError, and what keeps a run from
    beginning: ConfigError, LogFolderError, DatabaseError, SchemaError, LandingError, TrialError.
    """
    command = f"studbook {kind}{' --test' if is_trial else ''}"
    env = environment()
    log = new_log(log_folder(env), kind)
    tell(f"`{command}` writes what its steps print into {log}.")
    session = Session(
        partial(database.connect, **KEEPALIVE),
        name=f"{command}, process {os.getpid()}",
        lock=TRIAL if is_trial else RUN,
        others="another trial" if is_trial else "another daily or weekly run",
        patience=Patience(in_all=patience(env)),
    )
    telling = told_by(LineProgress(), log_file=log)
    with interruptible(), explained(command), telling, closing(session):
        session.open()
        if is_trial:
            _try(kind, command, session, env, log, tell)
        else:
            _do(kind, command, session, session.connection.info.dbname, env, log, tell)


def _try(
    kind: str,
    command: str,
    session: Session,
    env: Mapping[str, str],
    log: Path,
    tell: Tell,
) -> None:
    name = trial.make(session.connection)
    tell(f"The database {name} holds the trial; it is kept unless all goes well.")
    _do(kind, command, session, name, env, log, tell, is_trial=True)
    trial.drop(session.connection, name)


def _do(
    kind: str,
    command: str,
    session: Session,
    name: str,
    env: Mapping[str, str],
    log: Path,
    tell: Tell,
    *,
    is_trial: bool = False,
) -> None:
    connect = partial(database.connect, dbname=name, **KEEPALIVE)
    variables = {**sourced(), "PGDATABASE": name}
    target = target_folder(variables)
    if is_trial:
        # dbt reads the whole project again after another target.
        target = target / "trial"
    children = Children({**variables, "DBT_TARGET_PATH": f"{target}"}, log)
    ground = Ground(
        children=children,
        connect=connect,
        target=target,
        dbt_options=("--target", "test") if is_trial else (),
        environment=env,
        plan=partial(_plan, connect, env),
    )
    try:
        run_log = RunLog.begin(connect, kind, log)
    except psycopg.Error as error:
        raise refused_by_database(error) from error
    Run(command, ground, session, run_log, log, tell).go(STEPS[kind, is_trial]())


def _plan(connect: Callable[[], psycopg.Connection], env: Mapping[str, str]) -> Plan | None:
    if plan := plan_set(env):
        return plan
    with connect() as connection:
        remembered = remembered_plan(connection, base_url(env))
    return remembered[0] if remembered else None
