"""Run the simulated QuickBooks by itself: python -m tests.simulators.quickbooks --port N."""

from __future__ import annotations

import argparse
import threading

from tests.simulators.quickbooks import QuickBooksSimulator


def main() -> None:
    """Answer until interrupted."""
    options = argparse.ArgumentParser(description="A simulated QuickBooks Online")
    options.add_argument("--port", type=int, default=8790)
    options.add_argument("--country", default="GB")
    options.add_argument("--currency", default="GBP")
    options.add_argument("--name", default="Simulated cafe")
    chosen = options.parse_args()
    simulator = QuickBooksSimulator(country=chosen.country, base_currency=chosen.currency, name=chosen.name)
    simulator.start(chosen.port)
    print(f"QuickBooks (simulated) at {simulator.url}, company {simulator.realm}", flush=True)  # noqa: T201
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        simulator.stop()


if __name__ == "__main__":
    main()
