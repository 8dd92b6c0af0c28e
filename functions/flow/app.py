"""The pages on which a merchant connects their books, says where what goes, and keeps it in order."""

from __future__ import annotations

from pages import PageApi

pages = PageApi("flow")
handler = pages.handle
