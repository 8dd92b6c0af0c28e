"""A simulated FreeAgent: version 2 of its API over real HTTP, with a double-entry ledger in each company.

Written from FreeAgent's public documentation and from what its engineers say in its forum. Assumptions, where
neither says anything: the words of refusals other than those quoted in the forum, that an error outside
validation is an object where validation has an array, which categories an item may have (see `Company`),
that more than is due is refused, and that rates other than the company's own are.
"""

from tests.simulators.freeagent.company import Company
from tests.simulators.freeagent.simulator import FreeAgentSimulator, Limits

__all__ = ["Company", "FreeAgentSimulator", "Limits"]
