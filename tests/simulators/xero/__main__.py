"""Xero by itself: `python -m tests.simulators.xero --port N`."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time

from tests.simulators.xero import REAL, XeroSimulator


def main() -> None:
    """Answer until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.xero", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--country", default="GB")
    parser.add_argument("--currency", default="GBP")
    parser.add_argument("--organisation", action="append", help="a name; may be given several times")
    parser.add_argument("--limits", action="store_true", help="limit calls as Xero does")
    given = parser.parse_args()
    simulator = XeroSimulator(given.country, given.currency, names=given.organisation or ["Corner Cafe"])
    if given.limits:
        simulator.limits = REAL
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
