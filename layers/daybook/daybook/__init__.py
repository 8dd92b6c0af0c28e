"""Daybook: a merchant's sales in the merchant's own accounting software, aggregated, balanced and proven."""
