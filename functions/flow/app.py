"""The pages on which a merchant connects their books, says where what goes, and keeps it in order."""

from __future__ import annotations

from flow import connect, entry, settings, stages
from flow.site import pages

__all__ = ["connect", "entry", "handler", "settings", "stages"]

handler = pages.handle
