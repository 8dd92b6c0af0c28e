"""What the sync configuration flow shows a merchant: its texts by key, and the rows with a choice in each.

The keys are those that partners' settings already use, oddities included (specification: flow and portal,
sync configuration flow).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LOCALES = ("en-us", "fr-fr")


class Row(NamedTuple):
    """A row of the flow: its key among the visible accounts and its label's; one required is never hidden."""

    key: str
    label: str
    required: bool


def _rows(shown: str, label: str, names: str, required: str = "") -> tuple[Row, ...]:
    """Rows by names; a name `5=10` is 5 in the row's key and 10 in its label's."""
    pairs = ((name, *name.split("=")) for name in names.split())
    return tuple(
        Row(
            f"{shown}-{pair[1]}", f"configure-content-{label}-entries-{pair[-1]}", pair[0] in required.split()
        )
        for pair in pairs
    )


# How the labels of the rows of 0, 5, 10 and 20 % were published.
_TAX_RATES = "0 5=10 10=15 20"
_SALES = "sales refund gratuity prepaid sales-other"
_OTHER = "invoiceStatus groupingPeriod"
_FEES = "paymentFee paymentFeeRefund loan loanPayment loanFee cashback"
_PAYMENTS = (
    "card cash invoice onlineCard payout custom storeCredit paypal paypalQr mobile vipps swish "
    "prepaidPayment manual"
)

ROWS = (
    *_rows("sales-accounts", "sales-accounts", _SALES, "sales refund"),
    *_rows("sales-taxRates", "sales-accounts-taxRates", _TAX_RATES, _TAX_RATES),
    *_rows("sales-other", "sales-other", _OTHER, _OTHER),
    *_rows("fees-accounts", "fees-accounts", _FEES),
    *_rows("payments-accounts", "payments-accounts", _PAYMENTS, "card"),
)

_STAGES = ("sales", "fees", "payments")
_HEADED = (*_STAGES, *(f"{stage}-accounts" for stage in _STAGES), "sales-taxRates", "sales-other")
_SCHEDULE = "configure-setupSidebar=checkboxes-syncSchedule"

TEXT_KEYS = (
    "configure-setupSidebar-title",
    *(
        f"configure-setupSidebar-checkboxes-{stage}"
        for stage in ("connectToCommerce", "connectToAccounting", *_STAGES)
    ),
    _SCHEDULE,
    "configure-misc-previousButton",
    "configure-misc-nextButton",
    "configure-required-indicator",
    *(f"configure-content-{part}-{text}" for part in _HEADED for text in ("title", "description")),
    *(row.label for row in ROWS),
)
# Everybody who does not copy the published key letter by letter writes it like its neighbours.
TEXT_SPELLINGS = {key: key for key in TEXT_KEYS} | {_SCHEDULE.replace("=", "-"): _SCHEDULE}
_REQUIRED_LABELS = frozenset(row.label for row in ROWS if row.required)


def text_key(spelling: str) -> str | None:
    """The key of a text in its published spelling; None for no key of ours."""
    return TEXT_SPELLINGS.get(spelling)


def labels_required_row(key: str) -> bool:
    """Whether this text is the label of a row that a merchant must fill in."""
    return key in _REQUIRED_LABELS


def visible(chosen: Iterable[str] | None) -> tuple[str, ...]:
    """The keys of the rows in force: those chosen and those required, in the flow's order; None means all."""
    if chosen is None:
        return tuple(row.key for row in ROWS)
    wanted = frozenset(chosen)
    return tuple(row.key for row in ROWS if row.required or row.key in wanted)
