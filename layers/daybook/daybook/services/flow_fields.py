"""The fields of the flow's pages: what can be chosen in each, what is chosen, and what is proposed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.domain.account_keys import accounts_taken, is_required, wording
from daybook.domain.configuration import (
    CATEGORY_PREFIX,
    CUSTOM_PREFIX,
    FEE_KEYS,
    JOURNAL_ENTRY,
    PAID_PREFIX,
    PAYMENT_KEYS,
    SALES_KEYS,
    fallback_of,
    section_of,
)
from daybook.domain.flow_rows import ROWS
from daybook.domain.labels import type_of
from daybook.domain.suggestions import suggest_accounts
from daybook.frozen import frozen
from daybook.services.said import Said, named, said

if TYPE_CHECKING:
    from daybook.domain.ledger import Account
    from daybook.services.flow_setup import Setup

Typed = Callable[[str], str | None]
BANK = "Bank"
_KNOWN = frozenset((*SALES_KEYS, *FEE_KEYS, *PAYMENT_KEYS))
_LABELS = MappingProxyType({row.key: row.label for row in ROWS})
# Which kinds of account come first in a list: those that most merchants choose for it.
_ORDER = MappingProxyType(
    {
        "sales": ("Income", "Liability", "Expense", "Asset", "Equity", BANK),
        "fees": ("Expense", "Liability", "Income", "Asset", BANK, "Equity"),
        "payments": (BANK, "Asset", "Liability", "Equity", "Income", "Expense"),
    }
)
_OWED = ("gratuity", "prepaid", "deposits", "loan", "loanPayment", "storeCredit", "prepaidPayment")
_HELD = ("invoice", "dispute", "reserve")
# What kind of account is made for a key unless the merchant says otherwise.
_MADE = MappingProxyType(
    {
        **dict.fromkeys(_OWED, "Liability"),
        **dict.fromkeys(_HELD, "Asset"),
        "prepaidDiscount": "Expense",
        "cashback": "Income",
        "paymentFeeTax": "Asset",
    }
)
_MADE_IN = MappingProxyType({"sales": "Income", "fees": "Expense", "payments": "Asset"})
_PLAIN = re.compile(r"[A-Za-z0-9-]{1,60}")


@frozen
class Option:
    """Something to choose."""

    value: str
    text: Said


@frozen
class Group:
    """Options of one kind; without a name they stand by themselves."""

    name: Said | None
    options: tuple[Option, ...]


@frozen
class NewAccount:
    """An account to be made on the spot: what is proposed for it, and the kinds it may be of."""

    name: Said
    type: str
    types: tuple[str, ...]


@frozen
class Field:
    """A choice on a page. `path` is where the configuration keeps it; `key` the account key, where it is one.

    `is_suggested` when what is shown as chosen is only a proposal.
    """

    id: str
    path: str
    label: Said
    value: str
    groups: tuple[Group, ...] = ()
    hint: Said | None = None
    key: str = ""
    is_required: bool = False
    is_suggested: bool = False
    new: NewAccount | None = None
    saved: Said | None = None


@frozen
class Rows:
    """The account fields of a page: those most merchants need, and those for some."""

    usual: tuple[Field, ...] = ()
    more: tuple[Field, ...] = field(default=())


def field_id(prefix: str, key: str) -> str:
    """An id for a field; a partner's own ids may hold what HTML's cannot."""
    plain = key if _PLAIN.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{prefix}-{plain}"


def is_journal(setup: Setup, typed: Typed) -> bool:
    """Whether the merchant writes journals, by what is typed now or was chosen."""
    said_now = typed("format")
    chosen: object = setup.chosen["mapSettings"]["outputFormat"]
    return said_now == "journal" if said_now else chosen == JOURNAL_ENTRY


def account_fields(
    setup: Setup, page: str, keys: Sequence[str], names: Mapping[str, str], typed: Typed
) -> tuple[Field, ...]:
    """A field for each of these account keys; `names` are those of categories and methods by id."""
    journal = is_journal(setup, typed)
    reference = setup.offer.reference
    proposed: Mapping[str, str] = {}
    if reference is not None and not setup.is_touched(page):
        proposed = suggest_accounts(reference, keys, journal=journal, names=names)
    return tuple(_account_field(setup, key, names, typed, proposed, journal=journal) for key in keys)


def _account_field(
    setup: Setup,
    key: str,
    names: Mapping[str, str],
    typed: Typed,
    proposed: Mapping[str, str],
    *,
    journal: bool,
) -> Field:
    section = section_of(key)
    identity = field_id("account", key)
    chosen = setup.chosen[section]["accounts"].get(key, {}).get("selectedAccountId") or ""
    value, is_suggested = settled(typed(identity), chosen, proposed.get(key, ""))
    taken = (
        () if setup.offer.reference is None else accounts_taken(setup.offer.reference, key, journal=journal)
    )
    known = () if setup.offer.reference is None else setup.offer.reference.accounts
    return Field(
        id=identity,
        path=f".{section}.accounts.{key}.selectedAccountId",
        label=label_of(key, names),
        value=value,
        groups=with_value(account_groups(taken, key), value, {each.id: each.name for each in known}),
        hint=_hint_of(key, names),
        key=key,
        is_required=is_required(key),
        is_suggested=is_suggested,
        new=_new_account(key, names),
    )


def settled(typed: str | None, chosen: str, proposed: str) -> tuple[str, bool]:
    """What a field shows: what was typed, else what is chosen, else what is proposed; whether that."""
    is_proposed = bool(proposed) and not chosen
    if typed is not None:
        return typed, is_proposed and typed == proposed
    return (proposed, True) if is_proposed else (chosen, False)


def label_of(key: str, names: Mapping[str, str]) -> Said:
    """How an account key is called: by its published text, by ours, or by the partner's own name."""
    published = _LABELS.get(f"{section_of(key)}-accounts-{key}")
    if published:
        return said(published)
    if key.startswith(PAID_PREFIX):
        return said("flow.account.paid", name=type_of(key))
    return said(f"flow.account.{key}") if key in _KNOWN else named(wording(key, names).label)


def account_groups(accounts: Iterable[Account], key: str) -> tuple[Group, ...]:
    """Accounts by kind, the likeliest kind first, in the order of their codes."""
    by_kind: dict[str, list[Account]] = {}
    for account in accounts:
        by_kind.setdefault(BANK if account.is_bank else account.type, []).append(account)
    first = ("Liability",) if key in _OWED else ("Asset",) if key in _HELD else ()
    order = dict.fromkeys((*first, *_ORDER[section_of(key)]))
    return tuple(
        Group(
            said(f"flow.kind.{kind}"),
            tuple(
                Option(each.id, named(account_text(each)))
                for each in sorted(by_kind[kind], key=lambda each: (each.code == "", each.code, each.name))
            ),
        )
        for kind in order
        if kind in by_kind
    )


def account_text(account: Account) -> str:
    """An account as it is listed: its code, where it has one, and its name."""
    return f"{account.code} {account.name}" if account.code else account.name


def with_value(groups: tuple[Group, ...], value: str, known: Mapping[str, str]) -> tuple[Group, ...]:
    """The groups, with what is chosen and cannot be any more in one of its own: it does not vanish."""
    if not value or any(option.value == value for group in groups for option in group.options):
        return groups
    gone = Option(value, named(known.get(value, value)))
    return (*groups, Group(said("flow.unavailable"), (gone,)))


def _hint_of(key: str, names: Mapping[str, str]) -> Said | None:
    base = said(f"flow.hint.{key}") if key in _KNOWN else None
    instead = fallback_of(key)
    if instead is None:
        return base
    falls_back = said("flow.fallback", label=label_of(instead, names))
    return falls_back if base is None else said("flow.hint-and-fallback", hint=base, fallback=falls_back)


def _new_account(key: str, names: Mapping[str, str]) -> NewAccount:
    section = section_of(key)
    kind = _MADE.get(key) or _MADE_IN[section]
    own_name = key.startswith((CATEGORY_PREFIX, CUSTOM_PREFIX)) or key not in _KNOWN
    is_money = section == "payments"
    called = named(type_of(key)) if key.startswith(PAID_PREFIX) else label_of(key, names)
    if own_name and key not in _KNOWN:
        name = said("flow.new.clearing" if is_money else "flow.new.category", name=called)
    else:
        name = said(f"flow.new.{key}")
    types = ("Asset", "Liability") if is_money else ("Income", "Expense", "Liability", "Asset", "Equity")
    return NewAccount(name, kind, ("Asset",) if key == "invoice" else types)
