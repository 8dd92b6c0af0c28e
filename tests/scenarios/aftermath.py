"""Scenarios 20 to 37 and 45 to 51: refunds, fees, payouts, disputes, edits, deletions and late payments."""

from __future__ import annotations

from tests.scenarios.shapes import (
    NO_TAX,
    STANDARD,
    STANDARD_COMPONENT,
    Body,
    Record,
    Scenario,
    at,
    lines,
    money,
    order,
    payment,
    standard,
    transaction,
)

_CARD = {"Card clearing": ("card",), "Sales": ("sales",), "Refunds": ("refund",)}
_RECEIVABLE = {**_CARD, "Accounts receivable": ("invoice",)}
_TAXES = (STANDARD, NO_TAX)


def refunds() -> list[Scenario]:
    """Goods brought back: the same day, days later, and against a credit note for the shop."""
    sold = standard("120.00", "20.00")
    back = standard("-60.00", "-10.00", quantity=-1)
    returned = order("s20-return", [back], [payment("p20-return", "-60.00")], refund="-60.00")
    return [
        Scenario(
            20,
            "Same-day partial refund with tax",
            [[STANDARD_COMPONENT, order("s20", [sold], [payment("p20", "120.00")]), returned]],
            [
                [
                    lines(
                        1,
                        {
                            "Card clearing": "60.00",
                            "Refunds": "50.00",
                            "Sales": "-100.00",
                            "Tax 20%": "-10.00",
                        },
                    )
                ]
            ],
            _CARD,
            _TAXES,
        ),
        later_refund(sold, back),
        store_credit(),
    ]


def later_refund(sold: Body, back: Body) -> Scenario:
    """The goods come back four days later, in the order they were sold in."""
    later = order(
        "s21",
        [sold, back],
        [payment("p21", "120.00"), payment("p21-refund", "-60.00", on=5)],
        refund="-60.00",
        modified=at(5),
    )
    return Scenario(
        21,
        "Refund on a later day",
        [[STANDARD_COMPONENT, order("s21", [sold], [payment("p21", "120.00")])], [later]],
        [
            [lines(1, {"Card clearing": "120.00", "Sales": "-100.00", "Tax 20%": "-20.00"})],
            [lines(5, {"Refunds": "50.00", "Tax 20%": "10.00", "Card clearing": "-60.00"})],
        ],
        _CARD,
        _TAXES,
    )


def store_credit() -> Scenario:
    """The return is an order of its own, dated by itself, paid out as credit and spent four days later."""
    back = order(
        "s23-return",
        [standard("-60.00", "-10.00", quantity=-1)],
        [payment("p23-return", "-60.00", "StoreCredit", on=5)],
        on=5,
    )
    spent = order("s23", [standard("24.00", "4.00")], [payment("p23", "24.00", "StoreCredit", on=9)], on=9)
    return Scenario(
        23,
        "Refund to store credit, then spent",
        [[STANDARD_COMPONENT, back], [spent]],
        [
            [lines(5, {"Refunds": "50.00", "Tax 20%": "10.00", "Store credit liability": "-60.00"})],
            [lines(9, {"Store credit liability": "24.00", "Sales": "-20.00", "Tax 20%": "-4.00"})],
        ],
        {**_CARD, "Store credit liability": ("storeCredit",)},
        _TAXES,
    )


def fees() -> list[Scenario]:
    """What the payment provider keeps."""
    hundred = order("s27", [standard("100.00", "16.67")], [payment("p27", "100.00")])
    fees = {"Card clearing": ("card",), "Payment fees": ("paymentFee",)}
    return [
        Scenario(
            27,
            "Payment fee, fee netted from settlement",
            [
                [
                    STANDARD_COMPONENT,
                    hundred,
                    transaction("p27", "PaymentFee", "-1.75", source=("Payment", "p27")),
                ]
            ],
            [
                [
                    lines(
                        1,
                        {
                            "Card clearing": "98.25",
                            "Payment fees": "1.75",
                            "Sales": "-83.33",
                            "Tax 20%": "-16.67",
                        },
                    )
                ]
            ],
            {**_CARD, **fees},
            _TAXES,
        ),
        Scenario(
            28,
            "Fee with recoverable tax on the fee",
            [
                [
                    transaction("f28", "PaymentFee", "-1.75"),
                    transaction("f28", "Unknown", "-0.35", sub_type="paymentFeeTax"),
                ]
            ],
            [[lines(1, {"Payment fees": "1.75", "Input VAT": "0.35", "Card clearing": "-2.10"})]],
            {**fees, "Input VAT": ("paymentFeeTax",)},
        ),
    ]


def payouts() -> list[Scenario]:
    """What it sends to the bank."""
    bank = {"Card clearing": ("card",), "Bank": ("payout",)}
    return [
        Scenario(
            32,
            "Payout",
            [[transaction("t32", "Payout", "-980.00", on=3)]],
            [[lines(3, {"Bank": "980.00", "Card clearing": "-980.00"})]],
            bank,
        ),
        Scenario(
            33,
            "Instant payout with fee",
            [
                [
                    transaction("t33", "Payout", "-495.00", on=3),
                    transaction("t33", "Unknown", "-5.00", on=3, sub_type="payoutFee"),
                ]
            ],
            [[lines(3, {"Bank": "495.00", "Payout fees": "5.00", "Card clearing": "-500.00"})]],
            {**bank, "Payout fees": ("payoutFee",)},
        ),
    ]


def provider_balance() -> list[Scenario]:
    """A dispute that is lost, a cash advance repaid, and a rebate."""
    opened = [
        transaction("d30", "Unknown", "-120.00", sub_type="dispute"),
        transaction("d30", "Unknown", "-15.00", sub_type="disputeFee"),
        _dispute("EvidenceRequired", at(1)),
    ]
    loan = [
        transaction("a36-payment", "Unknown", "-100.00", on=8, sub_type="loanPayment"),
        transaction("a36-fee", "Unknown", "-10.00", on=8, sub_type="loanFee"),
    ]
    return [
        Scenario(
            30,
            "Dispute opened, lost",
            [opened, [_dispute("Lost", at(40))]],
            [
                [lines(1, {"Disputed funds": "120.00", "Dispute fees": "15.00", "Card clearing": "-135.00"})],
                [lines(40, {"Chargeback losses": "120.00", "Disputed funds": "-120.00"})],
            ],
            {
                "Card clearing": ("card",),
                "Disputed funds": ("dispute",),
                "Dispute fees": ("disputeFee",),
                "Chargeback losses": ("disputeLoss",),
            },
        ),
        Scenario(
            36,
            "Cash advance: draw, repayment with fee part",
            [[transaction("a36", "Unknown", "1000.00", sub_type="loan")], loan],
            [
                [lines(1, {"Card clearing": "1000.00", "Loan payable": "-1000.00"})],
                [lines(8, {"Loan payable": "100.00", "Loan fees": "10.00", "Card clearing": "-110.00"})],
            ],
            {"Card clearing": ("card",), "Loan payable": ("loan", "loanPayment"), "Loan fees": ("loanFee",)},
        ),
        Scenario(
            37,
            "Cashback (fee-rate rebate)",
            [[transaction("c37", "Unknown", "12.00", sub_type="cashback")]],
            [[lines(1, {"Card clearing": "12.00", "Cashback income": "-12.00"})]],
            {"Card clearing": ("card",), "Cashback income": ("cashback",)},
        ),
    ]


def _dispute(status: str, modified: str) -> Record:
    body: Body = {
        "id": "d30",
        "disputedTransactions": [{"id": "p30", "type": "Payment"}],
        "totalAmount": money("120.00"),
        "currency": "GBP",
        "status": status,
        "createdDate": at(1),
        "modifiedDate": modified,
        "sourceModifiedDate": modified,
    }
    return ("disputes", body)


def edits() -> list[Scenario]:
    """Orders changed or deleted after their day was posted."""
    kept, removed, added = standard("96.00", "16.00"), standard("24.00", "4.00"), standard("12.00", "2.00")
    first = order("s45", [kept, removed], [payment("p45", "120.00")])
    second = order(
        "s45",
        [kept, added],
        [payment("p45", "120.00"), payment("p45-refund", "-12.00", on=2)],
        modified=at(2),
    )
    deleted = order("s47", [standard("24.00", "4.00")], [payment("p47", "24.00", "Cash")])
    return [
        Scenario(
            45,
            "Order edited after sync",
            [[STANDARD_COMPONENT, first], [second]],
            [
                [lines(1, {"Card clearing": "120.00", "Sales": "-100.00", "Tax 20%": "-20.00"})],
                [
                    lines(1, {"Sales": "10.00", "Tax 20%": "2.00", "Accounts receivable": "-12.00"}),
                    lines(2, {"Accounts receivable": "12.00", "Card clearing": "-12.00"}),
                ],
            ],
            _RECEIVABLE,
            _TAXES,
        ),
        Scenario(
            47,
            "Order deleted/voided after sync",
            [[STANDARD_COMPONENT, deleted], [("orders", {"id": "s47"})]],
            [
                [lines(1, {"Cash": "24.00", "Sales": "-20.00", "Tax 20%": "-4.00"})],
                [lines(1, {"Sales": "20.00", "Tax 20%": "4.00", "Cash": "-24.00"})],
            ],
            {"Cash": ("cash",), "Sales": ("sales",)},
            _TAXES,
        ),
    ]


def payments_apart_from_sales() -> list[Scenario]:
    """Paid later, invoiced at the till, and paid in advance."""
    unpaid = order("s49", [standard("240.00", "40.00")])
    paid = order("s49", [standard("240.00", "40.00")], [payment("p49", "240.00", on=3)], modified=at(3))
    return [
        Scenario(
            49,
            "Paid on a later day",
            [[STANDARD_COMPONENT, unpaid], [paid]],
            [
                [lines(1, {"Accounts receivable": "240.00", "Sales": "-200.00", "Tax 20%": "-40.00"})],
                [lines(3, {"Card clearing": "240.00", "Accounts receivable": "-240.00"})],
            ],
            _RECEIVABLE,
            _TAXES,
        ),
        invoiced_at_the_till(),
        deposit(),
    ]


def invoiced_at_the_till() -> Scenario:
    """The money comes on D10 as a payment of its own, joined to the order by a transaction."""
    sold = order("s50", [standard("100.00", "16.67")], [payment("p50-invoice", "100.00", "Invoice")])
    settled: list[Record] = [
        ("payments", payment("p50-card", "100.00", on=10)),
        transaction("p50-card", "Payment", "100.00", on=10, source=("Order", "s50")),
        transaction("p50-card", "PaymentFee", "-2.50", on=10, source=("Payment", "p50-card")),
    ]
    return Scenario(
        50,
        "POS invoice, paid later with fee",
        [[STANDARD_COMPONENT, sold], settled],
        [
            [lines(1, {"Accounts receivable": "100.00", "Sales": "-83.33", "Tax 20%": "-16.67"})],
            [lines(10, {"Card clearing": "97.50", "Payment fees": "2.50", "Accounts receivable": "-100.00"})],
        ],
        {**_RECEIVABLE, "Payment fees": ("paymentFee",)},
        _TAXES,
    )


def deposit() -> Scenario:
    """A quarter is paid before the order is closed."""
    paid_first = payment("p51-deposit", "30.00")
    open_order = order("s51", [standard("120.00", "20.00")], [paid_first])
    closed = order(
        "s51",
        [standard("120.00", "20.00")],
        [paid_first, payment("p51-rest", "90.00", on=6)],
        closed=at(6),
        modified=at(6),
    )
    return Scenario(
        51,
        "Deposit before supply",
        [[STANDARD_COMPONENT, open_order], [closed]],
        [
            [lines(1, {"Card clearing": "30.00", "Customer deposits": "-30.00"})],
            [
                lines(
                    6,
                    {
                        "Card clearing": "90.00",
                        "Customer deposits": "30.00",
                        "Sales": "-100.00",
                        "Tax 20%": "-20.00",
                    },
                )
            ],
        ],
        {**_CARD, "Customer deposits": ("deposits",)},
        _TAXES,
        settings={"sales.salesDate": "closed"},
    )
