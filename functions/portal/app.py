"""Sync Health, the pages of a partner's support team."""

from __future__ import annotations

from pages import PageApi

pages = PageApi("portal")
handler = pages.handle
