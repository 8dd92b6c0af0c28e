"""Whatever the order of pushes, edits, deletions, syncs, retries and crashes: the ledger ends as the fold.

The profile `test` runs in `make test`; `make soak` runs the profile `soak` (docs/reliability.md).
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.machine import LedgerMachine

TEST = settings(
    max_examples=100,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
    report_multiple_bugs=False,
    print_blob=False,
)


def test_the_books_end_as_the_fold() -> None:
    run_state_machine_as_test(LedgerMachine, settings=TEST)
