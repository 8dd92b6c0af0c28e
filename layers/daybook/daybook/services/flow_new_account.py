"""Making an account, a customer or a supplier in the merchant's books without leaving the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.account_keys import accounts_taken
from daybook.domain.direct import NewCustomer
from daybook.domain.errors import BadRequest, PlatformRejected, PlatformUnavailable, PlatformUnclear
from daybook.domain.ledger import ACTIVE
from daybook.services.flow_problems import Fault
from daybook.services.reference_data import create_account, linked_ledger
from daybook.services.said import named, said
from daybook.wire.accounting import AccountRequest

if TYPE_CHECKING:
    from daybook.domain.ledger import Account, ReferenceData
    from daybook.services.flow_fields import Field
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

_LONGEST = 500


class NotMade(BadRequest):
    """Nothing was made; `fault` says why and beside which field."""

    def __init__(self, fault: Fault) -> None:
        super().__init__("Nothing was made.")
        self.fault = fault


def make_account(
    runtime: Runtime, company: Company, field: Field, typed: tuple[str, str, str], *, journal: bool
) -> str:
    """The id of an account of this name, code and type, made where there is none of the name.

    Raises NotMade with the platform's reason, and where the account there is cannot be used for this.
    """
    name, code, kind = typed
    if not name or len(name) > _LONGEST or len(code) > _LONGEST:
        raise NotMade(Fault(f"new-name-{field.id}", said("flow.problem.new-name")))
    if field.new is None or kind not in field.new.types:
        raise NotMade(Fault(f"new-type-{field.id}", said("flow.problem.new-type")))
    connection = linked_ledger(runtime, company)
    platform = runtime.platform_for(connection)
    known = _named(platform.reference_data().accounts, name)
    if known is None:
        try:
            asked = {"name": name, "nominalCode": code, "type": kind}
            create_account(runtime, company, connection, AccountRequest.model_validate(asked))
        except PlatformRejected as rejected:
            raise NotMade(Fault(f"new-name-{field.id}", named(rejected.message))) from None
        except (PlatformUnclear, PlatformUnavailable):
            # It may be there now: asked for again, it is found by its name.
            raise NotMade(Fault(f"new-name-{field.id}", said("flow.problem.no-answer"))) from None
        known = _named(platform.reference_data(fresh=True).accounts, name)
    reference = platform.reference_data()
    if known is None or not _is_taken(reference, field.key, known, journal=journal):
        raise NotMade(Fault(f"new-name-{field.id}", said("flow.problem.new-unfit", name=name)))
    return known.id


def make_contact(runtime: Runtime, company: Company, role: str, name: str) -> str:
    """The id of the customer, or the supplier, of this name, made where there is none. Raises NotMade."""
    field = f"new-{role}"
    if not name or len(name) > _LONGEST:
        raise NotMade(Fault(field, said("flow.problem.new-contact")))
    platform = runtime.platform_for(linked_ledger(runtime, company))
    reference = platform.reference_data()
    for each in reference.customers if role == "customer" else reference.suppliers:
        if each.name.casefold() == name.casefold() and each.status == ACTIVE:
            return each.id
    try:
        if role == "customer":
            return platform.create_customer(NewCustomer(name=name)).id
        return platform.create_supplier(name).id
    except PlatformRejected as rejected:
        raise NotMade(Fault(field, named(rejected.message))) from None
    except (PlatformUnclear, PlatformUnavailable):
        raise NotMade(Fault(field, said("flow.problem.no-answer"))) from None


def _named(accounts: tuple[Account, ...], name: str) -> Account | None:
    """The account of this name; of two, one that is in use."""
    found = [each for each in accounts if each.name.casefold() == name.casefold()]
    return min(found, key=lambda each: each.status != ACTIVE, default=None)


def _is_taken(reference: ReferenceData, key: str, account: Account, *, journal: bool) -> bool:
    return any(each.id == account.id for each in accounts_taken(reference, key, journal=journal))
