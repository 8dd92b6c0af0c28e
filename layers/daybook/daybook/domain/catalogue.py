"""What is known of a company's products."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple


class Catalogue(NamedTuple):
    """What the projection must know beside the day's own records, as it was when the day was first posted.

    Products and tax components are named `<connection>/<id>` and, for records of other connections, `<id>`.
    """

    gift_cards: frozenset[str] = frozenset()
    categories: Mapping[str, tuple[str, ...]] = {}
    component_rates: Mapping[str, Decimal] = {}

    def is_gift_card(self, connection: str, product: str | None) -> bool:
        """Whether this product of this connection is a gift card."""
        return f"{connection}/{product}" in self.gift_cards or (
            product in self.gift_cards and f"{connection}/{product}" not in self.categories
        )

    def categories_of(self, connection: str, product: str | None) -> tuple[str, ...]:
        """The product's categories, in the order the source gave them."""
        own = self.categories.get(f"{connection}/{product}")
        return own if own is not None else self.categories.get(product or "", ())
