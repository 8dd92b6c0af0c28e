"""Sync Health, the pages of a partner's support team."""

from __future__ import annotations

from portal import details, overview
from portal.site import pages

__all__ = ["details", "handler", "overview", "pages"]

handler = pages.handle
