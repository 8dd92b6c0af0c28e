"""The platforms under test. PLATFORM=xero (quickbooks, freeagent) chooses one."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from tests.platforms.world import Bench
from tests.scenarios import TaxTreatment

BENCHES: list[Bench] = []


def _xero(currency: str, zone: str) -> Any:
    return import_module("tests.simulators.xero").XeroSimulator(base_currency=currency, time_zone=zone)


def _one_account(_tax: TaxTreatment) -> str:
    """Xero keeps the tax of every rate on one account."""
    return "VAT"


BENCHES.append(Bench("gbol", "xero", _xero, _one_account))


def benches() -> list[Bench]:
    """All, or the one that PLATFORM names."""
    chosen = os.environ.get("PLATFORM", "")
    return [each for each in BENCHES if chosen in ("", each.name)]
