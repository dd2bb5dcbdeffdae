"""Pages as HTML: Jinja's templates, the style sheet and the scripts in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

from loaders import settings
from loaders.site import scripts
from loaders.site.page import Moment, Page
from loaders.site.values import as_json, clock, short_day, told_day, told_moment

# By this mark in its head a page is known for one of ours.
GENERATOR = '<meta name="generator" content="Studbook">'


def environment(moment: Moment, folder: Path) -> jinja2.Environment:
    """What every template knows: the pages, when they were made and of which build."""
    from loaders.site.contents import PAGES

    jinja = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        # Names come from the feed, which may write anything into them.
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.policies["json.dumps_function"] = as_json
    jinja.policies["json.dumps_kwargs"] = {}
    jinja.filters.update(moment=told_moment, day=told_day, short_day=short_day, clock=clock)
    jinja.globals.update(
        pages=PAGES,
        generator=GENERATOR,
        moment=moment,
        build=moment.row("newest_build"),
        docs=_docs(folder),
        asset=_asset,
        scripts=scripts,
    )
    return jinja


def render(jinja: jinja2.Environment, page: Page, context: Mapping[str, Any]) -> str:
    """The page as HTML."""
    return jinja.get_template(f"{page.name}.html.j2").render(page=page, **context)


def _asset(name: str) -> str:
    """A style sheet or script of the site's own."""
    return resources.files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _docs(folder: Path) -> str | None:
    """The way from the folder to what `make docs` has made; None where it has made nothing."""
    file = settings.target_folder(settings.environment()) / "static_index.html"
    return Path(os.path.relpath(file, folder)).as_posix() if file.exists() else None
