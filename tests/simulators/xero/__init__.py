"""Xero, simulated from its official description and what is publicly known of its behaviour."""

from tests.simulators.xero.limits import REAL, Limits
from tests.simulators.xero.organisation import Organisation
from tests.simulators.xero.simulator import XeroSimulator

__all__ = ["REAL", "Limits", "Organisation", "XeroSimulator"]
