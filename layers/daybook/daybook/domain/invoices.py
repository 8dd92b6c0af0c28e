"""Invoice format: the documents of a day as a bookkeeper would write them.

Specification: mapping, invoice format and adjustments. Sales and returns make invoices and credit notes, what
was paid makes payments and refunds on them, fees make bills, payouts transfers; what fits none of these is
a journal. A first writing keeps a day's sales together and its returns together; an adjustment puts positive
differences on an invoice and negative ones on a credit note.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from daybook.domain.documents import Document, DocumentLine, Kind, Posting
from daybook.domain.labels import label
from daybook.domain.money import ZERO
from daybook.domain.rendering import Amounts, Plan, Rendering, by_group, write_journal
from daybook.frozen import frozen

Change = tuple[Posting, Decimal]


@dataclass(slots=True)
class _Line:
    """A line in the making: `amount` and `tax` signed as posted (debit positive)."""

    posting: Posting
    amount: Decimal = ZERO
    tax: Decimal = ZERO
    effects: list[Change] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return self.amount + self.tax


@dataclass(slots=True)
class _Target:
    """A document that money can be placed on, and how much of it is still open."""

    reference: str
    platform_id: str
    open: Decimal


@frozen
class _Family:
    """Invoices and their like, or bills and theirs: which kinds, which control account, which sign.

    `sign` turns a debit-positive posting into the document's own positive: -1 for sales, 1 for purchases.
    """

    charge: Kind
    settlement: Kind
    credit: Kind
    refund: Kind
    sign: int
    words: tuple[str, str]


SALES = _Family(Kind.INVOICE, Kind.PAYMENT, Kind.CREDIT_NOTE, Kind.REFUND, -1, ("Sales", "Refunds"))
FEES = _Family(
    Kind.BILL, Kind.BILL_PAYMENT, Kind.BILL_CREDIT_NOTE, Kind.BILL_REFUND, 1, ("Fees", "Fees refunded")
)


def render_invoices(changes: Amounts, plan: Plan) -> Rendering:
    """The documents that write these changes, in the order they must be written."""
    rendering = Rendering(plan)
    for (currency, group), changed in by_group(changes).items():
        roles: dict[str, list[Change]] = {}
        for posting, amount in changed.items():
            roles.setdefault(posting.role, []).append((posting, amount))
        _Writer(rendering, currency, group, SALES, plan.ledger.receivable).sales(roles)
        _Writer(rendering, currency, group, FEES, plan.ledger.payable).fees(roles)
        _payouts(rendering, roles.get("payout", []))
        write_journal(rendering, [*roles.get("deposit", []), *roles.get("journal", [])])
    return rendering


@dataclass(slots=True)
class _Writer:
    """Writes one family of documents for one currency and group."""

    rendering: Rendering
    currency: str
    group: str
    family: _Family
    control: str
    left: list[Change] = field(default_factory=list)

    def sales(self, roles: dict[str, list[Change]]) -> None:
        """Invoice, its payments, credit note, its refunds; the rest in a journal against the receivable."""
        sold, returned = self._lines(roles.get("sale", [])), self._lines(roles.get("refund", []))
        charges, credits_ = (
            self._first(sold, returned) if self._is_first() else self._by_sign([*sold, *returned])
        )
        day = self.rendering.plan.day.isoformat()
        money: dict[str, list[Change]] = {}
        implied: dict[str, list[Change]] = {}
        for role in ("payment", "refundPayment", "receivable"):
            for posting, amount in roles.get(role, []):
                settles = posting.settles or day
                on_control = posting.account == self.control
                (implied if on_control else money).setdefault(settles, []).append((posting, amount))
        self._write(charges, credits_, money, implied)

    def fees(self, roles: dict[str, list[Change]]) -> None:
        """Bill and its payment, bill credit note and its refund; or money spent and received."""
        changes = [*roles.get("fee", []), *roles.get("feeRefund", [])]
        lines = [change for change in changes if change[0].key != "card"]
        funding = [change for change in changes if change[0].key == "card"]
        banks = self.rendering.plan.bank_accounts
        direct = [change for change in lines if change[0].account in banks]
        for posting, amount in direct:
            funding = self._money_direct(posting, amount, funding)
        charges, credits_ = self._by_sign(
            self._lines([change for change in lines if change[0].account not in banks])
        )
        day = self.rendering.plan.day.isoformat()
        self._write(charges, credits_, {day: funding} if funding else {}, {})

    def _write(
        self,
        charges: list[_Line],
        credits_: list[_Line],
        money: dict[str, list[Change]],
        implied: dict[str, list[Change]],
    ) -> None:
        day = self.rendering.plan.day.isoformat()
        new: dict[Kind, list[_Target]] = {}
        first = len(self.rendering.documents)
        for kind, lines, words in (
            (self.family.charge, charges, self.family.words[0]),
            (self.family.credit, credits_, self.family.words[1]),
        ):
            if lines:
                new[kind] = [self._charge(kind, lines, words)]
        for settles in sorted({*money, *implied}):
            targets = {
                kind: [*(new.get(kind, []) if settles == day else []), *self._open(kind, settles)]
                for kind in (self.family.charge, self.family.credit)
            }
            for posting, amount in money.get(settles, []):
                self._place(posting, amount, targets)
        hanging = [change for changes in implied.values() for change in changes]
        if len(self.rendering.documents) > first and not self.left:
            carrier = self.rendering.documents[first]
            self.rendering.documents[first] = _with_effects(carrier, hanging)
        elif self.left:
            self._journal(hanging)
        else:
            self.rendering.move_silently(hanging)

    def _journal(self, hanging: list[Change]) -> None:
        """What found no document; `hanging` moves the control account, as the journal's last line does."""
        before = len(self.rendering.documents)
        write_journal(self.rendering, self.left, self.control)
        if len(self.rendering.documents) > before:
            self.rendering.documents[-1] = _with_effects(self.rendering.documents[-1], hanging)
        else:
            self.rendering.move_silently(hanging)

    def _is_first(self) -> bool:
        return not any(
            posting.role in ("sale", "refund")
            and (posting.currency, posting.group) == (self.currency, self.group)
            for posting in self.rendering.plan.posted
        )

    def _lines(self, changes: list[Change]) -> list[_Line]:
        """Net amounts with their taxes; those that no invoice can carry are left for a journal."""
        lines: dict[Posting, _Line] = {}
        for posting, amount in changes:
            line = lines.setdefault(posting._replace(tax_account=""), _Line(posting._replace(tax_account="")))
            line.effects.append((posting, amount))
            if posting.tax_account:
                line.tax += amount
            else:
                line.amount += amount
        fitting = [line for line in lines.values() if self._fits(line)]
        self.left.extend(effect for line in lines.values() if line not in fitting for effect in line.effects)
        return fitting

    def _fits(self, line: _Line) -> bool:
        """Whether a document can carry a line.

        It can with a net amount, and a tax that has its sign and one rate, and goes where that rate sends it.
        """
        rate = line.posting.tax_rate
        if not line.amount or "+" in rate:
            return False
        sent_to = {posting.tax_account for posting, _ in line.effects if posting.tax_account}
        expected = self.rendering.plan.ledger.tax_accounts.get(rate, "")
        same_sign = (line.tax > 0) == (line.amount > 0)
        return not line.tax or (same_sign and sent_to == {expected})

    def _first(self, sold: list[_Line], returned: list[_Line]) -> tuple[list[_Line], list[_Line]]:
        """A day's first documents: sales with discounts on one, returns with charges on the other."""
        credits_: list[_Line] = []
        if sum((line.total for line in sold), ZERO) * self.family.sign > 0:
            charges = sold
        else:
            charges, credits_ = self._by_sign(sold)
        if sum((line.total for line in returned), ZERO) * self.family.sign < 0:
            credits_ = [*credits_, *returned]
        else:
            more, less = self._by_sign(returned)
            charges, credits_ = [*charges, *more], [*credits_, *less]
        return charges, credits_

    def _by_sign(self, lines: list[_Line]) -> tuple[list[_Line], list[_Line]]:
        sign = self.family.sign
        return [x for x in lines if x.total * sign > 0], [x for x in lines if x.total * sign < 0]

    def _charge(self, kind: Kind, lines: list[_Line], words: str) -> _Target:
        sign = self.family.sign if kind is self.family.charge else -self.family.sign
        total = sign * sum((line.total for line in lines), ZERO)
        plan = self.rendering.plan
        is_sale = self.family is SALES
        document = Document(
            kind=kind,
            reference=self.rendering.reference(kind),
            day=plan.day,
            dated=plan.dated,
            currency=self.currency,
            description=self.rendering.describe(words, self.group),
            total=total,
            contact=plan.configuration.customer if is_sale else plan.configuration.supplier,
            status=plan.configuration.invoice_status if is_sale else "",
            lines=tuple(
                DocumentLine(
                    label(line.posting.key),
                    line.posting.account,
                    sign * line.amount,
                    sign * line.tax,
                    line.posting.tax_rate,
                )
                for line in lines
            ),
            effects=tuple(effect for line in lines for effect in line.effects),
        )
        self.rendering.documents.append(document)
        return _Target(document.reference, "", total)

    def _open(self, kind: Kind, settles: str) -> list[_Target]:
        return [
            _Target(item.reference, item.platform_id, item.open)
            for item in self.rendering.plan.open_items
            if (item.kind, item.day, item.currency, item.group) == (kind, settles, self.currency, self.group)
            and item.open > 0
        ]

    def _place(self, posting: Posting, amount: Decimal, targets: dict[Kind, list[_Target]]) -> None:
        """Put money on the documents it can settle, the newest first; what is left goes to the journal."""
        money_in = (amount > 0) == (self.family is SALES)
        kind = self.family.charge if money_in else self.family.credit
        left, sign = abs(amount), 1 if amount > 0 else -1
        for target in targets[kind]:
            part = min(left, target.open)
            if part:
                self._settle(kind, target, posting, sign * part)
                target.open -= part
                left -= part
        if left:
            self.left.append((posting, sign * left))

    def _settle(self, kind: Kind, target: _Target, posting: Posting, amount: Decimal) -> None:
        plan = self.rendering.plan
        settlement = self.family.settlement if kind is self.family.charge else self.family.refund
        is_sale = self.family is SALES
        self.rendering.documents.append(
            Document(
                kind=settlement,
                reference=self.rendering.reference(settlement),
                day=plan.day,
                dated=plan.dated,
                currency=self.currency,
                description=self.rendering.describe(label(posting.key), self.group),
                total=abs(amount),
                contact=plan.configuration.customer if is_sale else plan.configuration.supplier,
                account=posting.account,
                settles=target.platform_id,
                settles_reference=target.reference,
                effects=((posting, amount),),
            )
        )

    def _money_direct(self, posting: Posting, amount: Decimal, funding: list[Change]) -> list[Change]:
        """A fee whose account holds money itself: spent from, or received into, the clearing account."""
        taken: list[Change] = []
        rest: list[Change] = []
        wanted = -amount
        for source, available in funding:
            part = min(abs(wanted), abs(available)) if (wanted > 0) == (available > 0) else ZERO
            signed = part if available > 0 else -part
            if part:
                taken.append((source, signed))
                wanted -= signed
            if available != signed:
                rest.append((source, available - signed))
        if wanted or not taken:
            self.left.append((posting, amount))
            return funding
        plan = self.rendering.plan
        kind = Kind.SPEND_MONEY if amount > 0 else Kind.RECEIVE_MONEY
        self.rendering.documents.append(
            Document(
                kind=kind,
                reference=self.rendering.reference(kind),
                day=plan.day,
                dated=plan.dated,
                currency=self.currency,
                description=self.rendering.describe(label(posting.key), self.group),
                total=abs(amount),
                contact=plan.configuration.supplier,
                account=taken[0][0].account,
                lines=(DocumentLine(label(posting.key), posting.account, abs(amount)),),
                effects=((posting, amount), *taken),
            )
        )
        return rest


def _with_effects(document: Document, more: list[Change]) -> Document:
    return replace(document, effects=(*document.effects, *more))


def _payouts(rendering: Rendering, changes: list[Change]) -> None:
    """Money moved between two accounts is a transfer; anything more involved is a journal."""
    moved: dict[str, Decimal] = {}
    for posting, amount in changes:
        moved[posting.account] = moved.get(posting.account, ZERO) + amount
    accounts = sorted((account for account in moved if moved[account]), key=lambda account: moved[account])
    if len(accounts) != 2:  # noqa: PLR2004 - from one account to another
        write_journal(rendering, changes)
        return
    source, target = accounts
    plan = rendering.plan
    rendering.documents.append(
        Document(
            kind=Kind.TRANSFER,
            reference=rendering.reference(Kind.TRANSFER),
            day=plan.day,
            dated=plan.dated,
            currency=changes[0][0].currency,
            description=rendering.describe(label("payout")),
            total=moved[target],
            account=source,
            to_account=target,
            effects=tuple(changes),
        )
    )
