"""`python -m tests.simulation.soak [--examples N] [--steps N] [--minutes N] [--first SEED]`: the long run.

Batches of examples of the state machine, each from a seed of its own, side by side on the machine's cores.
No batch is begun when the time is over. One that fails prints its seed and the steps; the same seed fails
again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.machine import LedgerMachine

BATCH = 25


@dataclass(frozen=True, slots=True)
class Batch:
    """Some examples from one seed, unless they would begin after `deadline`."""

    seed: int
    examples: int
    steps: int
    deadline: float


def profile(examples: int, steps: int, *, derandomize: bool) -> settings:
    """How the machine is run, whatever profile is the default."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=derandomize,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        # A failure is told as it was found: making it smaller takes minutes.
        phases=(Phase.generate,),
        report_multiple_bugs=False,
    )


def run(batch: Batch) -> tuple[int, str]:
    """The examples that were run, and how the batch failed ("" when it did not)."""
    if time.time() > batch.deadline:
        return 0, ""
    machine = seed(batch.seed)(type(f"Batch{batch.seed}", (LedgerMachine,), {}))
    try:
        run_state_machine_as_test(machine, settings=profile(batch.examples, batch.steps, derandomize=False))
    except Exception as failed:  # noqa: BLE001 - whatever it is, it is told with its seed
        notes = "\n".join(getattr(failed, "__notes__", []))
        return batch.examples, "".join(traceback.format_exception(failed)) + notes
    return batch.examples, ""


def main() -> int:
    """Run batches until enough examples passed, one failed, or the time is over."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=2000)
    options.add_argument("--steps", type=int, default=50)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--first", type=int, default=1, help="the seed of the first batch")
    chosen = options.parse_args()
    begun = time.time()
    deadline = begun + chosen.minutes * 60
    batches = [
        Batch(chosen.first + number, min(BATCH, chosen.examples - number * BATCH), chosen.steps, deadline)
        for number in range(-(-chosen.examples // BATCH))
    ]
    done = failures = 0
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        for batch, (examples, failure) in zip(batches, processes.map(run, batches), strict=True):
            done += examples
            if failure:
                failures += 1
                print(f"seed {batch.seed} fails:\n{failure}", flush=True)  # noqa: T201
    minutes = (time.time() - begun) / 60
    print(f"soak: {done} examples of up to {chosen.steps} steps in {minutes:.1f} minutes, {failures} failed")  # noqa: T201
    if done < chosen.examples:
        print(f"soak: the time was over before {chosen.examples - done} of {chosen.examples} examples")  # noqa: T201
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
