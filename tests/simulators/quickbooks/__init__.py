"""QuickBooks Online, simulated over real HTTP as its documentation and its official schema describe it."""

from tests.simulators.quickbooks.simulator import QuickBooksSimulator

__all__ = ["QuickBooksSimulator"]
