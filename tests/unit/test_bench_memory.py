"""What `make bench` says of memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.memory import forget_peak, peak_of

_MIB = 1024**2


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="there is no /proc here")
def test_a_scale_is_not_told_the_peak_of_the_one_before() -> None:
    held = bytearray(200 * _MIB)
    before = peak_of()
    del held

    forget_peak()

    assert peak_of() < before - 150 * _MIB
    held = bytearray(200 * _MIB)
    assert peak_of() > len(held)
