"""From facts to accounts: where a fact is posted and at which tax rate, and what to say if nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from daybook.domain.catalogue import Catalogue
from daybook.domain.codes import CONFIGURATION, DATA, MAPPING
from daybook.domain.configuration import Configuration, account_for, rate_for
from daybook.domain.documents import Posting
from daybook.domain.money import ZERO, minor_unit, spread
from daybook.domain.records import Tax
from daybook.frozen import frozen


@frozen
class Blocker:
    """A reason not to post a day: what is wrong, with which record, and where to mend it."""

    code: int
    message: str
    record: str = ""


class LedgerAccounts(NamedTuple):
    """What the projection must know of the ledger: where tax goes, and what invoices and bills move."""

    tax_accounts: Mapping[str, str]
    receivable: str
    payable: str


class Treatment(NamedTuple):
    """How a line is taxed: its components where it has any, else its percentage."""

    components: tuple[str, ...] = ()
    percentage: Decimal | None = None


class Taxed(NamedTuple):
    """An amount with its tax, component by component."""

    net: Decimal
    tax: Decimal
    treatment: Treatment
    taxes: tuple[Decimal, ...] = ()


@dataclass(slots=True)
class Findings:
    """What a projection found wrong (blocks the day) or odd (does not).

    It is muted while an order's earlier days are walked through: what is wrong there blocks those days.
    """

    blockers: dict[Blocker, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)
    muted: bool = False

    def block(self, code: int, message: str, record: str) -> None:
        """Note a reason not to post the day; the same reason is noted once."""
        if not self.muted:
            self.blockers[Blocker(code, message, record.partition("/")[2])] = None

    def warn(self, message: str) -> None:
        """Note something odd that does not stop the day."""
        if not self.muted:
            self.warnings[message] = None


@frozen
class Resolver:
    """Finds accounts and tax rates under one configuration, and notes what it cannot find."""

    configuration: Configuration
    catalogue: Catalogue
    ledger: LedgerAccounts
    findings: Findings
    # Postings by what they come of: a day has many thousand amounts and few places for them.
    _places: dict[object, Posting] = field(default_factory=dict, compare=False, repr=False)
    _taxed: dict[object, tuple[Posting, ...]] = field(default_factory=dict, compare=False, repr=False)

    def place(self, base: Posting, role: str, key: str, settles: str, record: str) -> Posting:
        """The posting of a key, at its account, with all else as in `base`."""
        name = (base, role, key, settles)
        found = self._places.get(name)
        if found is None:
            account = self.account(key, record)
            found = base._replace(role=role, key=key, account=account, settles=settles)
            if account:  # else each record is named to the merchant
                self._places[name] = found
        return found

    def account(self, key: str, record: str) -> str:
        """The account of a key, after fall-backs; else suspense; else "", and the day is blocked."""
        account = account_for(self.configuration, key) or self.configuration.suspense_account
        if not account:
            message = f"No account is selected for '{key}'. Select one in the configuration."
            self.findings.block(CONFIGURATION, message, record)
        return account

    def taxed(self, base: Posting, amount: Taxed, record: str) -> Iterator[tuple[Posting, Decimal]]:
        """The postings of a net amount and its tax, both signed as given (debit positive)."""
        name = (base, amount.treatment, bool(amount.tax))
        net, *taxed = self._taxed.get(name) or self._taxed_places(base, amount, record)
        yield net, amount.net
        if taxed:
            yield from zip(taxed, amount.taxes if len(taxed) > 1 else (amount.tax,), strict=True)

    def _taxed_places(self, base: Posting, amount: Taxed, record: str) -> tuple[Posting, ...]:
        rates = self._rates(amount, record)
        line_rate = "+".join(dict.fromkeys(rates))
        net = base._replace(tax_rate=line_rate)
        taxed = [self._tax(base, line_rate, rate, record) for rate in rates] if amount.tax else []
        if all(rates) and all(posting.tax_account for posting in taxed):  # else each record is named
            self._taxed[base, amount.treatment, bool(amount.tax)] = (net, *taxed)
        return net, *taxed

    def _tax(self, base: Posting, line_rate: str, rate: str, record: str) -> Posting:
        if not rate:
            return base._replace(tax_rate=line_rate, tax_account=self.configuration.suspense_account)
        account = self.ledger.tax_accounts.get(rate, "")
        if not account:
            self.findings.block(
                CONFIGURATION,
                "A selected tax rate no longer exists in the ledger. Select another one.",
                record,
            )
        return base._replace(tax_rate=line_rate, tax_account=account)

    def _rates(self, amount: Taxed, record: str) -> tuple[str, ...]:
        """One rate for the line, or in journals one for each component; ("",) when in suspense or blocked."""
        treatment = amount.treatment
        found = rate_for(
            self.configuration, treatment.components, treatment.percentage, taxed=bool(amount.tax)
        )
        rates: tuple[str, ...] = ()
        if found is not None:
            rates = (found.line,) if found.line else tuple(found.components[c] for c in treatment.components)
        if rates and all(rate in self.ledger.tax_accounts for rate in rates):
            return rates
        if rates:
            message = "The tax rate selected for {} no longer exists in the ledger. Select another one."
            self.findings.block(CONFIGURATION, message.format(_named(treatment)), record)
        elif not self.configuration.suspense_account:
            together = (
                " together" if len(treatment.components) > 1 and not self.configuration.is_journal else ""
            )
            message = "Cannot match {}{} to a tax rate of the ledger. Map it in the configuration."
            self.findings.block(MAPPING, message.format(_named(treatment), together), record)
        return ("",)


def read_taxes(
    resolver: Resolver,
    currency: str,
    net: Decimal,
    tax: Decimal,
    taxes: tuple[Tax, ...],
    percentage: Decimal | None,
    record: str,
) -> Taxed:
    """A line's tax as the source gave it, shared out over its components.

    Components whose amounts do not add up to the line's tax within a minor unit block the day.
    """
    if len(taxes) == 1 and taxes[0].component_id and taxes[0].amount == tax:  # nearly always
        return Taxed(net, tax, Treatment((taxes[0].component_id,)), (tax,))
    components = tuple(item.component_id for item in taxes if item.component_id)
    if not components:
        return Taxed(net, tax, Treatment((), percentage))
    amounts = [item.amount for item in taxes if item.component_id]
    if any(amount is None for amount in amounts):
        known = sum((amount for amount in amounts if amount is not None), ZERO)
        missing = [index for index, amount in enumerate(amounts) if amount is None]
        weights = [resolver.catalogue.component_rates.get(components[index], Decimal(1)) for index in missing]
        if not any(weights):
            weights = [Decimal(1)] * len(missing)
        for index, part in zip(missing, spread(tax - known, weights, currency), strict=True):
            amounts[index] = part
    parts = [amount or ZERO for amount in amounts]
    difference = tax - sum(parts, ZERO)
    if abs(difference) > minor_unit(currency):
        total = sum(parts, ZERO)
        message = (
            f"The tax components of a line add up to {total}, its tax is {tax}. Send it again corrected."
        )
        resolver.findings.block(DATA, message, record)
    elif difference:
        parts[max(range(len(parts)), key=lambda index: abs(parts[index]))] += difference
    ordered = sorted(zip(components, parts, strict=True))
    return Taxed(net, tax, Treatment(tuple(c for c, _ in ordered)), tuple(p for _, p in ordered))


def _named(treatment: Treatment) -> str:
    if treatment.components:
        return "the tax " + ", ".join(f"'{component}'" for component in treatment.components)
    if treatment.percentage is None:
        return "a line without any tax"
    return f"the tax percentage {treatment.percentage.normalize():f}"
