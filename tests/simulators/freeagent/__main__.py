"""The simulated FreeAgent by itself: `python -m tests.simulators.freeagent --port 8090`."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time

from tests.simulators.freeagent import FreeAgentSimulator


def main() -> None:
    """Answer until interrupted; says first what a partner's credentials for it are."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.freeagent", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--country", default="GB")
    parser.add_argument("--currency", default="GBP")
    parser.add_argument("--limits", action="store_true", help="limit calls as FreeAgent does")
    given = parser.parse_args()
    simulator = FreeAgentSimulator(given.country, given.currency)
    simulator.limits.enforced = given.limits
    simulator.authorisation.now = int(time.time())
    simulator.start(given.port)
    sys.stdout.write(json.dumps(simulator.credentials()) + "\n")
    sys.stdout.flush()
    stopped = threading.Event()
    try:
        while not stopped.wait(1):
            simulator.authorisation.now = int(time.time())
    except KeyboardInterrupt:
        simulator.stop()
        sys.stdout.write(simulator.checks.summary() + "\n")


if __name__ == "__main__":
    main()
