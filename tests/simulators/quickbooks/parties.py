"""What documents have in common: their date, their currency, with whom they are, their accounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.simulators.quickbooks import chart, faults
from tests.simulators.quickbooks.company import Body, Company, Open, reference

_LENGTHS = {"PrivateNote": 4000, "PaymentRefNum": 21}


def begin(company: Company, body: Body) -> date:
    """The document's date; its texts are measured. Raises Refused."""
    for name, longest in _LENGTHS.items():
        if len(body.get(name, "")) > longest:
            raise faults.wrong_length(name, longest, len(body[name]))
    for line in body.get("Line", []):
        if len(line.get("Description", "")) > 4000:
            raise faults.wrong_length("Description", 4000, len(line["Description"]))
    given = body.get("TxnDate")
    return date.fromisoformat(given) if given else company.today()


def currency_of(company: Company, body: Body, party: Body | None) -> str:
    """The document's currency, which must be that of whom it is with. Raises Refused."""
    if company.settings.multicurrency and "CurrencyRef" not in body:
        raise faults.missing("CurrencyRef")
    asked = str(body.get("CurrencyRef", {}).get("value") or company.currency)
    if asked != company.currency and not company.settings.multicurrency:
        raise faults.business("Multi currency should be enabled to perform this operation.")
    if asked not in company.currencies:
        raise faults.business(f"The currency {asked} is not in use in this company.")
    if party and asked != party["CurrencyRef"]["value"]:
        raise faults.business(
            f"The currency of the transaction, {asked}, is not that of {party['DisplayName']}: "
            f"{party['CurrencyRef']['value']}."
        )
    if asked != company.currency:
        body.setdefault("ExchangeRate", 1)
    return asked


def account(company: Company, holder: Body, element: str, types: tuple[str, ...] = ()) -> Body:
    """An account a document refers to, of one of the types. Raises Refused."""
    found = company.referred("Account", holder, element)
    if types and found["AccountType"] not in types:
        raise faults.business(
            f"{element}: the account {found['FullyQualifiedName']} is of the type {found['AccountType']}; "
            f"it has to be one of {', '.join(types)}."
        )
    holder[element] = reference(found)
    return found


def fits_currency(company: Company, found: Body, currency: str) -> None:
    """Refuse an account of another currency than the document's and the company's own."""
    own = found["CurrencyRef"]["value"]
    kept_apart = (chart.RECEIVABLE, chart.PAYABLE)
    if own == currency or (own == company.currency and found["AccountType"] not in kept_apart):
        return
    raise faults.business(f"The account {found['FullyQualifiedName']} is in {own}, not in {currency}.")


def control(company: Company, body: Body, element: str, kind: str, currency: str) -> Body:
    """The receivable (or payable) account of a document: the one it names, or that of its currency."""
    if element not in body:
        return company.control_account(kind, currency)
    found = account(company, body, element, (kind,))
    fits_currency(company, found, currency)
    return found


def number_lines(body: Body) -> None:
    """Give lines their ids."""
    for number, line in enumerate(body.get("Line", []), 1):
        line["Id"] = str(number)
        line["LineNum"] = number


def settle(
    company: Company, line: Body, party: str, amount: Decimal, taken: dict[int, Decimal]
) -> tuple[Open, Decimal]:
    """What a line settles, and by how much, signed as it is open. Raises Refused.

    `taken` holds what earlier lines of the same document settle of each.
    """
    links = line.get("LinkedTxn", [])
    if len(links) != 1:
        raise faults.missing("LinkedTxn")
    kind, document = links[0].get("TxnType", ""), links[0].get("TxnId", "")
    if amount <= 0:
        raise faults.business("The amount of a line must be greater than nought.")
    opened = company.open_of(kind, document, party)
    if opened is None:
        if document not in company.held.get(kind, {}):
            raise faults.Refused(
                "620",
                "Transaction cannot be linked",
                f"Transaction cannot be linked : Txn ID {document} can't be linked",
            )
        raise faults.business(f"{kind} {document} has no open balance with this name.")
    left = abs(opened.amount) - taken.get(id(opened), Decimal(0))
    if amount > left:
        raise faults.business(
            f"The amount {amount} applied to {kind} {document} is more than its open balance {left}."
        )
    taken[id(opened)] = taken.get(id(opened), Decimal(0)) + amount
    return opened, amount if opened.amount > 0 else -amount
