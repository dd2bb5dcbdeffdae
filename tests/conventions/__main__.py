"""`python -m tests.conventions`: reads the manifest that dbt wrote last, and names what breaks a
rule; ends with 1 when something does."""

from __future__ import annotations

import json
import sys

from loaders.settings import environment, target_folder
from tests.conventions.rules import broken, exceptions

manifest = target_folder(environment()) / "manifest.json"
found = broken(json.loads(manifest.read_text()), exceptions())
for sentence in found:
    print(sentence)
sys.exit(1 if found else 0)
