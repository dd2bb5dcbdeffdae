"""`python -m tests.conventions`: reads the manifest that dbt wrote last, and names what breaks a
rule; ends with 1 when something does."""

from __future__ import annotations

import json
import os
import sys

from loaders.inventory.columns import PROJECT
from tests.conventions.rules import broken, exceptions

target = PROJECT / (os.environ.get("DBT_TARGET_PATH") or "target")
found = broken(json.loads((target / "manifest.json").read_text()), exceptions())
for sentence in found:
    print(sentence)
sys.exit(1 if found else 0)
