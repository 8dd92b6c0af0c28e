"""What the projection must know of a company's products and tax components."""

from __future__ import annotations

from decimal import Decimal

from daybook.domain.catalogue import Catalogue
from daybook.domain.reading import read_record
from daybook.domain.records import Product, TaxComponent
from daybook.services.runtime import Runtime
from daybook.store import records
from daybook.store.connections import list_connections


def current_catalogue(runtime: Runtime, company_id: str) -> Catalogue:
    """The catalogue as it is now. A plain id means the oldest connection that has such a product."""
    gift_cards: set[str] = set()
    categories: dict[str, tuple[str, ...]] = {}
    rates: dict[str, Decimal] = {}
    for connection in list_connections(runtime.table, company_id):
        for data_type in ("products", "taxComponents"):
            for stored in records.iterate(runtime.table, company_id, connection.id, data_type):
                record = read_record(data_type, stored.body)
                if isinstance(record, TaxComponent) and record.rate is not None:
                    rates.setdefault(record.id, record.rate)
                elif isinstance(record, Product):
                    names = (f"{connection.id}/{record.id}", record.id)
                    for name in names if record.id not in categories else names[:1]:
                        categories[name] = record.category_ids
                        if record.is_gift_card:
                            gift_cards.add(name)
    return Catalogue(frozenset(gift_cards), categories, rates)


def kept_with(kept: Catalogue, current: Catalogue) -> Catalogue:
    """A day's own catalogue, completed by what came since; of what it knew nothing changes."""
    new = {name for name in current.categories if name not in kept.categories}
    return Catalogue(
        kept.gift_cards | (current.gift_cards & new),
        {**current.categories, **kept.categories},
        {**current.component_rates, **kept.component_rates},
    )
