"""The cafe's day in DuckDB, as somebody would write it who knows the file: types given, one query."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb

_QUERY = """
WITH orders AS (
    SELECT * FROM read_json(?, format = 'array', maximum_object_size = 1073741824, columns = {
        totalGratuity: 'DECIMAL(18,2)',
        orderLineItems: 'STRUCT(productRef STRUCT(id VARCHAR), totalAmount DECIMAL(18,2),
            totalTaxAmount DECIMAL(18,2), taxes STRUCT(taxComponentRef STRUCT(id VARCHAR))[])[]',
        serviceCharges: 'STRUCT(type VARCHAR, totalAmount DECIMAL(18,2), taxAmount DECIMAL(18,2),
            taxes STRUCT(taxComponentRef STRUCT(id VARCHAR))[])[]',
        payments: 'STRUCT(type VARCHAR, status VARCHAR, amount DECIMAL(18,2))[]'
    })
),
lines AS (SELECT unnest(orderLineItems) AS line FROM orders),
charges AS (SELECT unnest(serviceCharges) AS charge FROM orders),
payments AS (SELECT unnest(payments) AS payment FROM orders)
SELECT CASE WHEN line.productRef.id = 'gift-card' THEN 'gift cards' ELSE 'sales' END AS what,
    CASE WHEN line.productRef.id = 'gift-card' THEN '' ELSE line.taxes[1].taxComponentRef.id END AS which,
    sum(line.totalAmount - line.totalTaxAmount), sum(line.totalTaxAmount)
FROM lines GROUP BY ALL
UNION ALL
SELECT charge.type, charge.taxes[1].taxComponentRef.id, sum(charge.totalAmount - charge.taxAmount),
    sum(charge.taxAmount)
FROM charges GROUP BY ALL
UNION ALL
SELECT 'tips', '', sum(totalGratuity), 0 FROM orders
UNION ALL
SELECT CASE WHEN payment.amount > 0 THEN 'payments' ELSE 'paid back' END, payment.type,
    sum(payment.amount), 0
FROM payments WHERE payment.status = 'Paid' AND payment.type <> 'Invoice' GROUP BY ALL
"""


def totals(path: Path) -> dict[tuple[str, str], Decimal]:
    """What the day adds up to: (what, which) to amount, tax apart."""
    found: dict[tuple[str, str], Decimal] = {}
    for what, which, amount, tax in duckdb.execute(_QUERY, [str(path)]).fetchall():
        found[what, which] = amount
        found[f"tax on {what}", which] = Decimal(tax)
    return {name: amount for name, amount in found.items() if amount}
