"""The pages about fees and payments: their fields, and what answers mean to the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from daybook.domain.configuration import CUSTOM_PREFIX, FEE_KEYS, PAYMENT_KEYS
from daybook.domain.flow_rows import ROWS
from daybook.domain.suggestions import suggest_supplier
from daybook.domain.validation import active
from daybook.frozen import frozen
from daybook.services.flow_fields import (
    Field,
    Group,
    Option,
    Rows,
    Typed,
    account_fields,
    settled,
    with_value,
)
from daybook.services.said import named, said

if TYPE_CHECKING:
    from daybook.services.flow_setup import Setup

_SWITCHES = {"fees": "syncFees", "payments": "syncPayments"}


@frozen
class MoneyPage:
    """What the page about fees, or that about payments, shows."""

    is_on: bool
    accounts: Rows
    supplier: Field | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field in the page's order."""
        supplier = () if self.supplier is None else (self.supplier,)
        return (*supplier, *self.accounts.usual, *self.accounts.more)


def fees_page(setup: Setup, visible: Iterable[str], typed: Typed) -> MoneyPage:
    """The page about fees, with what was typed in place of what is chosen."""
    shown = frozenset(visible)
    usual = [key for key in FEE_KEYS if f"fees-accounts-{key}" in shown or key == "paymentFee"]
    more = _unlisted(setup, "fees", FEE_KEYS, shown)
    return MoneyPage(
        is_on=_is_on(setup, "fees", typed),
        accounts=Rows(
            account_fields(setup, "fees", usual, {}, typed), account_fields(setup, "fees", more, {}, typed)
        ),
        supplier=_supplier(setup, typed),
    )


def payments_page(setup: Setup, visible: Iterable[str], typed: Typed) -> MoneyPage:
    """The page about payments. Ways of paying met in the merchant's records come before others."""
    shown = frozenset(visible)
    methods = setup.offer.methods
    met = [key for key in setup.offer.payment_keys if key not in PAYMENT_KEYS]
    own = [CUSTOM_PREFIX + method for method in methods]
    listed = [key for key in PAYMENT_KEYS if f"payments-accounts-{key}" in shown]
    used = {"card", "payout", "cash", "invoice", *setup.offer.payment_keys}
    selected = setup.chosen["payments"]["accounts"]
    usual = dict.fromkeys(
        (*(key for key in listed if key in used or key in selected), *met, *own, *_extra(setup, listed))
    )
    more = [key for key in listed if key not in usual]
    return MoneyPage(
        is_on=_is_on(setup, "payments", typed),
        accounts=Rows(
            account_fields(setup, "payments", list(usual), methods, typed),
            account_fields(setup, "payments", more, methods, typed),
        ),
    )


def read_money(section: str, shown: MoneyPage, form: Callable[[str], str | None]) -> dict[str, Any]:
    """What was answered, as it is posted to the configuration; a field that was not sent says nothing."""
    chosen: dict[str, Any] = {
        _SWITCHES[section]: form("sync") == "on",
        "accounts": {
            each.key: {"selectedAccountId": form(each.id)}
            for each in (*shown.accounts.usual, *shown.accounts.more)
            if form(each.id) is not None
        },
    }
    if shown.supplier is not None:
        chosen["feesSupplier"] = {"selectedSupplierId": form("supplier") or ""}
    return {"configuration": {section: chosen}}


def _is_on(setup: Setup, section: str, typed: Typed) -> bool:
    answered = typed("sync")
    if answered is not None:
        return answered == "on"
    return bool(setup.chosen[section][_SWITCHES[section]]) or not setup.is_touched(section)


def _unlisted(setup: Setup, section: str, keys: Iterable[str], visible: frozenset[str]) -> list[str]:
    """Keys that clients cannot hide by themselves: shown where nothing was hidden, or they are in use."""
    listed = {row.key for row in ROWS}
    selected = setup.chosen[section]["accounts"]
    all_shown = listed <= visible
    return [
        key for key in keys if f"{section}-accounts-{key}" not in listed and (all_shown or key in selected)
    ]


def _extra(setup: Setup, listed: Iterable[str]) -> list[str]:
    """Ways of paying that have an account, or were met in records, though the client hides them.

    Their days would be blocked, and the merchant could not see why.
    """
    known = frozenset(listed)
    met = (*setup.chosen["payments"]["accounts"], *setup.offer.payment_keys)
    return [key for key in met if key not in known]


def _supplier(setup: Setup, typed: Typed) -> Field:
    reference = setup.offer.reference
    suppliers = active(reference.suppliers) if reference else ()
    chosen = setup.chosen["fees"].get("feesSupplier", {}).get("selectedSupplierId") or ""
    proposed = suggest_supplier(reference) if reference and not setup.is_touched("fees") else ""
    value, is_suggested = settled(typed("supplier"), chosen, proposed)
    ordered = sorted(suppliers, key=lambda each: each.name.casefold())
    options = tuple(Option(each.id, named(each.name)) for each in ordered)
    known = {each.id: each.name for each in reference.suppliers} if reference else {}
    return Field(
        id="supplier",
        path=".fees.feesSupplier.selectedSupplierId",
        label=said("flow.supplier"),
        value=value,
        groups=with_value((Group(None, options),) if options else (), value, known),
        hint=said("flow.supplier.hint"),
        is_required=True,
        is_suggested=is_suggested,
    )
