"""The codes of what keeps a sync, or a day of it, from being written (specification: sync, failure)."""

from __future__ import annotations

CONFIGURATION = 4000
DEAUTHORISED = 4040
MAPPING = 4200
DELETED = 4220
SUBSCRIPTION_EXPIRED = 4260
DUPLICATE = 5080
DATA = 5120
# Of several reasons a day is blocked for, the one its sync ends with (specification: mapping, validation).
PRECEDENCE = (DUPLICATE, CONFIGURATION, MAPPING, DATA)
