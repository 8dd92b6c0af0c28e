"""Accounting platforms simulated over real HTTP, each with a double-entry ledger of its own."""
