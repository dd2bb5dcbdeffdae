"""The command behind `make bench-readme`."""

from __future__ import annotations

from pathlib import Path

import click

from loaders.settings import ROOT

BEGIN = "<!-- make bench-readme writes from here -->"
END = "<!-- to here -->"


@click.command()
@click.option(
    "--table",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ROOT / "build" / "bench.md",
    help="The table that `make bench` has written.",
)
@click.option(
    "--readme",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ROOT / "README.md",
    help="The file that it goes into.",
)
def put(table: Path, readme: Path) -> None:
    """Put the table that was measured last into the README, in the place of the one there."""
    if not table.exists():
        raise click.ClickException(f"There is no {table}: `make bench` writes it.")
    text = readme.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise click.ClickException(
            f"{readme} does not say where the table goes: write {BEGIN} and {END} around its place."
        )
    readme.write_text(f"{before}{BEGIN}\n{table.read_text()}{END}{after}")


if __name__ == "__main__":
    put()
