"""What was asked for as a single document, checked against a ledger and turned into what is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from daybook.domain.direct import (
    Asked,
    AskedEntry,
    AskedJournal,
    AskedLine,
    AskedPayment,
    AskedSale,
    NewCustomer,
    is_own_number,
    own_reference,
    total_of,
)
from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import BadRequest, Problem
from daybook.domain.ledger import ACTIVE, Account, Contact, ReferenceData, TaxRate
from daybook.domain.money import LARGEST, ZERO, decimals, fits, quantize

_HUNDRED = Decimal(100)
# What every line's description and the note may hold together, in characters.
MOST_TEXT = 80_000
_NUMBERED = {Kind.INVOICE: "$.invoiceNumber", Kind.CREDIT_NOTE: "$.creditNoteNumber"}
_WORDS = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note", Kind.RECEIVE_MONEY: "Money received"}

Content = Document | NewCustomer


def written_for(asked: Asked, ledger: ReferenceData, key: str) -> tuple[Content, ...]:
    """What has to be written for a push operation with this key, in this order.

    Raises BadRequest with every problem there is.
    """
    checked = _Checked(ledger, key)
    contents: tuple[Content, ...]
    match asked:
        case NewCustomer():
            contents = (_customer(checked, asked),)
        case AskedSale():
            contents = (_sale(checked, asked),)
        case AskedJournal():
            contents = (_journal(checked, asked),)
        case AskedPayment():
            contents = _payment(checked, asked)
    if checked.problems:
        listed = "; ".join(f"{each.item}: {each.message}" for each in checked.problems)
        raise BadRequest(f"The document cannot be written: {listed}.", checked.problems)
    return contents


@dataclass
class _Checked:
    """A ledger's reference data by id, and the problems found so far."""

    ledger: ReferenceData
    key: str
    problems: list[Problem] = field(default_factory=list)
    accounts: Mapping[str, Account] = field(init=False)
    tax_rates: Mapping[str, TaxRate] = field(init=False)
    customers: Mapping[str, Contact] = field(init=False)
    contacts: Mapping[str, Contact] = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = {each.id: each for each in self.ledger.accounts}
        self.tax_rates = {each.id: each for each in self.ledger.tax_rates}
        self.customers = {each.id: each for each in self.ledger.customers}
        self.contacts = self.customers | {each.id: each for each in self.ledger.suppliers}

    def problem(self, path: str, message: str, validator: str) -> None:
        self.problems.append(Problem(path, message, validator))

    def known(
        self, path: str, identity: str, among: Mapping[str, Account | TaxRate | Contact], what: str
    ) -> None:
        """The ledger has such a thing, and it may be used."""
        found = among.get(identity)
        if found is None:
            self.problem(
                path, f"there is no {what} with the id {identity[:100]!r} in the ledger", "reference"
            )
        elif found.status != ACTIVE:
            self.problem(
                path, f'the {what} "{found.name}" is archived; restore it or choose another', "archived"
            )

    def money_account(self, path: str, identity: str) -> None:
        self.known(path, identity, self.accounts, "account")
        account = self.accounts.get(identity)
        if account is not None and not (account.is_bank or account.takes_payments):
            self.problem(
                path, f'the account "{account.name}" neither holds money nor takes payments', "account"
            )

    def amount(self, path: str, amount: Decimal, currency: str) -> None:
        if abs(amount) >= LARGEST:
            self.problem(path, "must be smaller than 10^15", "amount")
        elif not fits(amount, currency):
            self.problem(
                path, f"{amount} has more than the {decimals(currency)} decimals of {currency}", "amount"
            )

    def agrees(self, path: str, given: Decimal | None, computed: Decimal, what: str) -> None:
        """A total that was given is the one its parts add up to."""
        if given is not None and given != computed:
            self.problem(path, f"is {given:f}, but {what} {computed:f}", "total")

    def currency(self, asked: str) -> str:
        return asked or self.ledger.company.base_currency


def _customer(checked: _Checked, asked: NewCustomer) -> NewCustomer:
    for known in checked.ledger.customers:
        if known.name.casefold() == asked.name.casefold():
            message = f'the ledger has a customer "{known.name}" already; use its id {known.id}'
            checked.problem("$.customerName", message, "unique")
    return asked


def _sale(checked: _Checked, asked: AskedSale) -> Document:
    currency = checked.currency(asked.currency)
    number = asked.number
    if number and is_own_number(number):
        path = _NUMBERED[asked.kind]
        checked.problem(path, "numbers of this form are given by Daybook itself; use another", "number")
    if asked.kind in _NUMBERED:
        checked.known("$.customerRef.id", asked.contact, checked.customers, "customer")
    else:
        if asked.contact:
            checked.known("$.contactRef.id", asked.contact, checked.contacts, "customer or supplier")
        checked.money_account("$.paymentAllocations[0].payment.accountRef.id", asked.account)
        checked.agrees("$.paymentAllocations", asked.received, asked.total, "the total is")
    before = len(checked.problems)
    lines = tuple(
        _line(checked, f"$.lineItems[{index}]", line, currency) for index, line in enumerate(asked.lines)
    )
    if len(checked.problems) == before:  # of lines that are wrong, the totals would be wrong as well
        _check_totals(checked, asked, lines, currency)
    _check_text(checked, [asked.note, *(line.description for line in lines)])
    reference = number or own_reference(checked.key)
    return Document(
        kind=asked.kind,
        reference=reference,
        day=asked.dated,
        dated=asked.dated,
        currency=currency,
        description=asked.note or f"{_WORDS[asked.kind]} {reference}",
        total=asked.total,
        lines=lines,
        contact=asked.contact,
        account=asked.account,
        status=asked.status,
        direct=True,
        due=asked.due,
    )


def _line(checked: _Checked, path: str, asked: AskedLine, currency: str) -> DocumentLine:
    """A line's amounts: quantity times unit amount less the discount, and the tax given, else the rate's."""
    checked.known(f"{path}.accountRef.id", asked.account, checked.accounts, "account")
    rate = checked.tax_rates.get(asked.tax_rate)
    if asked.tax_rate:
        checked.known(f"{path}.taxRateRef.id", asked.tax_rate, checked.tax_rates, "tax rate")
    gross = asked.quantity * asked.unit_amount
    if abs(gross) >= LARGEST:
        checked.problem(path, "quantity times unitAmount must be smaller than 10^15", "amount")
        gross = ZERO
    net = quantize(gross - _discount(checked, path, asked, gross, currency), currency)
    checked.agrees(f"{path}.subTotal", asked.sub_total or None, net, "quantity, unitAmount and discount make")
    tax = asked.tax
    if tax is None:
        tax = quantize(net * rate.rate / _HUNDRED, currency) if rate is not None else ZERO
    checked.amount(f"{path}.taxAmount", tax, currency)
    if tax and not asked.tax_rate:
        checked.problem(f"{path}.taxAmount", "a line with tax needs a taxRateRef", "taxRate")
    checked.agrees(f"{path}.totalAmount", asked.total, net + tax, "the line with its tax is")
    return DocumentLine(asked.description, asked.account, net, tax, asked.tax_rate)


def _discount(checked: _Checked, path: str, asked: AskedLine, gross: Decimal, currency: str) -> Decimal:
    percentage = asked.discount_percentage or ZERO
    if not ZERO <= percentage <= _HUNDRED:
        checked.problem(f"{path}.discountPercentage", "must be between 0 and 100", "percentage")
        return ZERO
    of_percentage = quantize(gross * percentage / _HUNDRED, currency)
    amount = asked.discount_amount
    if not amount:
        return of_percentage
    checked.amount(f"{path}.discountAmount", amount, currency)
    if percentage and amount != of_percentage:
        message = f"is {amount:f}, but discountPercentage makes {of_percentage:f}; give one of them"
        checked.problem(f"{path}.discountAmount", message, "discount")
    return amount if abs(amount) < LARGEST else ZERO


def _check_totals(
    checked: _Checked, asked: AskedSale, lines: tuple[DocumentLine, ...], currency: str
) -> None:
    """The total must agree. The published client has its caller fill the others: there 0 means not given."""
    net, tax = total_of(line.net for line in lines), total_of(line.tax for line in lines)
    checked.amount("$.totalAmount", asked.total, currency)
    checked.agrees("$.totalAmount", asked.total, net + tax, "the lines with their tax add up to")
    checked.agrees("$.subTotal", asked.sub_total or None, net, "the lines add up to")
    tax_path = "$.taxAmount" if asked.kind is Kind.RECEIVE_MONEY else "$.totalTaxAmount"
    checked.agrees(tax_path, asked.tax or None, tax, "the tax of the lines adds up to")
    if asked.discount:
        message = "a discount on the whole is not written; give each line its own part of it"
        given = total_of(line.quantity * line.unit_amount for line in asked.lines) - net
        if abs(given) < LARGEST and quantize(given, currency) != asked.discount:
            checked.problem("$.totalDiscount", message, "discount")
    if asked.total <= ZERO:
        checked.problem("$.totalAmount", "must be more than zero", "amount")


def _journal(checked: _Checked, asked: AskedJournal) -> Document:
    currencies = {line.currency for line in asked.lines if line.currency}
    currency = checked.currency(min(currencies, default=""))
    if len(currencies) > 1:
        checked.problem("$.journalLines", "a journal has one currency; these have several", "currency")
    if len(asked.lines) < 2:  # noqa: PLR2004 - a debit and a credit
        checked.problem("$.journalLines", "a journal has at least two lines", "lines")
    lines = tuple(
        _entry(checked, f"$.journalLines[{index}]", line, currency) for index, line in enumerate(asked.lines)
    )
    debits = total_of(line.net for line in lines if line.net > 0)
    credits_ = -total_of(line.net for line in lines if line.net < 0)
    if debits != credits_:
        message = f"the debits add up to {debits:f} and the credits to {credits_:f}; they must be equal"
        checked.problem("$.journalLines", message, "balance")
    _check_text(checked, [asked.description, *(line.description for line in lines)])
    reference = own_reference(checked.key)
    return Document(
        kind=Kind.JOURNAL,
        reference=reference,
        day=asked.dated,
        dated=asked.dated,
        currency=currency,
        description=asked.description or f"Journal {reference}",
        total=debits,
        lines=lines,
        direct=True,
    )


def _entry(checked: _Checked, path: str, asked: AskedEntry, currency: str) -> DocumentLine:
    checked.known(f"{path}.accountRef.id", asked.account, checked.accounts, "account")
    checked.amount(f"{path}.netAmount", asked.net, currency)
    if not asked.net:
        checked.problem(f"{path}.netAmount", "must not be zero", "amount")
    return DocumentLine(asked.description, asked.account, asked.net)


def _payment(checked: _Checked, asked: AskedPayment) -> tuple[Document, ...]:
    currency = checked.currency(asked.currency)
    checked.money_account("$.accountRef.id", asked.account)
    if asked.customer:
        checked.known("$.customerRef.id", asked.customer, checked.customers, "customer")
    signed = (each.amount if each.kind is Kind.PAYMENT else -each.amount for each in asked.allocations)
    checked.agrees("$.totalAmount", asked.total, total_of(signed), "the lines add up to")
    settled = [(each.kind, each.settles) for each in asked.allocations]
    if len(set(settled)) < len(settled):
        checked.problem("$.lines", "two links name the same document; add them up", "links")
    if not settled:
        message = "a payment settles at least one invoice or credit note; name it in a line's links"
        checked.problem("$.lines", message, "links")
    _check_text(checked, [asked.note])
    for each in asked.allocations:
        checked.amount(each.path, each.amount, currency)
    return tuple(
        Document(
            kind=each.kind,
            reference=own_reference(checked.key, ordinal),
            day=asked.dated,
            dated=asked.dated,
            currency=currency,
            description=asked.note or f"{'Payment' if each.kind is Kind.PAYMENT else 'Refund'} {ordinal}",
            total=each.amount,
            contact=asked.customer,
            account=asked.account,
            settles=each.settles,
            direct=True,
        )
        for ordinal, each in enumerate(asked.allocations, 1)
    )


def _check_text(checked: _Checked, texts: list[str]) -> None:
    if sum(map(len, texts)) > MOST_TEXT:
        message = f"the descriptions may have at most {MOST_TEXT} characters together"
        checked.problem("$", message, "length")
