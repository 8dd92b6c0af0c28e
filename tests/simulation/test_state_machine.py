"""Whatever the order of pushes, edits, deletions, syncs, retries and crashes: the ledger ends as the fold.

A hundred examples, the same in every run; `make soak` runs two thousand longer ones (docs/reliability.md).
"""

from __future__ import annotations

from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.machine import LedgerMachine
from tests.simulation.soak import profile


def test_the_books_end_as_the_fold() -> None:
    run_state_machine_as_test(LedgerMachine, settings=profile(100, 25, derandomize=True))
