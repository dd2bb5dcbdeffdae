"""The real API's specification and samples, which are not part of this repository."""

from __future__ import annotations

import pytest

from loaders.settings import ROOT

RACING_API = ROOT.parent / "shared" / "racing_api"
SAMPLES = RACING_API / "samples"
needs_racing_api = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"the real API's specification and samples are not in {RACING_API}"
)
