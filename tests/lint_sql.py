"""sqlfluff with a garbage collector that seldom looks.

The tree of a file lives until its last rule has seen it: to look through it again and again for
what has gone takes a good part of the time, and finds nothing.
"""

from __future__ import annotations

import atexit
import gc

# The processes that sqlfluff starts read this, too.
gc.set_threshold(1_000_000)

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    # What a pool of processes has locked with goes before its keeper looks for what was left.
    atexit.register(gc.collect)
    cli(prog_name="sqlfluff")
