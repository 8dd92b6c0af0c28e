"""What a settings page offers beyond the ledger: what the merchant's records hold and make use of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.observations import treatments_of
from daybook.domain.reading import read_record
from daybook.domain.records import PaymentMethod, ProductCategory, TaxComponent
from daybook.store import observations, records
from daybook.store.connections import COMMERCE, list_connections
from daybook.store.stored_record import get_many
from daybook.wire.configuration_answer import Offer

if TYPE_CHECKING:
    from decimal import Decimal

    from daybook.domain.ledger import ReferenceData
    from daybook.domain.observations import TreatmentInUse
    from daybook.services.runtime import Runtime


def treatments_in_use(runtime: Runtime, company_id: str) -> tuple[TreatmentInUse, ...]:
    """The tax treatments of the merchant's records, less those of records corrected or deleted since."""
    found = observations.treatments(runtime.table, company_id)
    stored = get_many(runtime.table, company_id, set(found.values()))
    borne = {
        name: treatments_of(read_record(record.data_type, record.body))
        for name, record in stored.items()
        if not record.deleted
    }
    return tuple(treatment for treatment, name in found.items() if treatment in borne.get(name, ()))


def offer_of(
    runtime: Runtime,
    company_id: str,
    reference: ReferenceData | None,
    in_use: tuple[TreatmentInUse, ...],
) -> Offer:
    """What there is to choose from: of the ledger, of the merchant's catalogue, and of the records."""
    categories: dict[str, str] = {}
    methods: dict[str, str] = {}
    components: dict[str, str] = {}
    fractions: dict[str, Decimal | None] = {}
    sources = [each for each in list_connections(runtime.table, company_id) if each.source_type == COMMERCE]
    for connection in sources:
        for data_type in ("productCategories", "paymentMethods", "taxComponents"):
            for stored in records.iterate(runtime.table, company_id, connection.id, data_type):
                match read_record(data_type, stored.body):
                    case ProductCategory(id=category, name=name):
                        categories.setdefault(category, name)
                    case PaymentMethod(id=method, name=name):
                        methods.setdefault(method, name)
                    case TaxComponent(id=component, name=name, rate=rate):
                        components.setdefault(component, name)
                        fractions.setdefault(component, rate)
    used = {component: component for use in in_use for component in use.components}
    percentages = sorted(use.percentage for use in in_use if use.percentage is not None)
    return Offer(
        reference=reference,
        categories=categories,
        methods=methods,
        components={**used, **components},
        fractions=fractions,
        payment_keys=tuple(observations.payment_keys(runtime.table, company_id)),
        percentages=tuple(f"{percentage.normalize():f}" for percentage in percentages),
    )
