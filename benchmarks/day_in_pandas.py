"""The cafe's day in pandas, as somebody would write it who wants exact amounts: Decimal in, Decimal out."""

from __future__ import annotations

import json
from decimal import Decimal

import pandas as pd


def totals(raw: bytes) -> dict[tuple[str, str], Decimal]:
    """What the day adds up to: (what, which) to amount, tax apart."""
    orders = json.loads(raw, parse_float=Decimal, parse_int=Decimal)
    lines = pd.json_normalize(orders, "orderLineItems")
    charges = pd.json_normalize(orders, "serviceCharges").rename(columns={"taxAmount": "totalTaxAmount"})
    payments = pd.json_normalize(orders, "payments")
    is_card = lines["productRef.id"] == "gift-card"
    lines["what"] = is_card.map({True: "gift cards", False: "sales"})
    lines["which"] = _component(lines).where(~is_card, "")
    charges["what"], charges["which"] = charges["type"], _component(charges)
    sold = pd.concat([lines, charges])
    sold["net"] = sold["totalAmount"] - sold["totalTaxAmount"]
    paid = payments[(payments["status"] == "Paid") & (payments["type"] != "Invoice")].copy()
    paid["what"] = (paid["amount"] > 0).map({True: "payments", False: "paid back"})
    found = dict(sold.groupby(["what", "which"])["net"].sum())
    taxes = sold.groupby(["what", "which"])["totalTaxAmount"].sum()
    found |= {(f"tax on {what}", which): tax for (what, which), tax in taxes.items()}
    found |= dict(paid.groupby(["what", "type"])["amount"].sum())
    found["tips", ""] = sum((order["totalGratuity"] for order in orders), Decimal(0))
    return {name: amount for name, amount in found.items() if amount}


def _component(sold: pd.DataFrame) -> pd.Series:
    return sold["taxes"].str[0].str["taxComponentRef"].str["id"]
