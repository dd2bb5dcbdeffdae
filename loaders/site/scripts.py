"""What pages carry in them of others' JavaScript: DataTables, as itables bundles it, and Vega."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

_EXPORTED = re.compile(r"export\s*\{([^}]*)\}")


@cache
def tables() -> str:
    """DataTables as a script that leaves the class DataTable in the window."""
    # To import it would import pandas, which takes seconds.
    bundle = distribution("itables").locate_file("itables/html/dt_bundle.js")
    script = Path(str(bundle)).read_text(encoding="utf-8")
    # It is a module, from which a script in a page can take nothing that stands in the same page.
    [exported] = _EXPORTED.finditer(script)
    pairs = (each.split(" as ") for each in exported[1].split(","))
    [name] = (name for name, outside in pairs if outside == "default")
    return f"{script[: exported.start()]}window.DataTable = {name};{script[exported.end() :]}"


@cache
def charts() -> str:
    """Vega, Vega-Lite and vega-embed as a script that leaves vegaEmbed in the window."""
    import vl_convert

    # A snippet, which its types ask for, would take the place of what leaves them in the window.
    return vl_convert.javascript_bundle()  # type: ignore[call-arg]
