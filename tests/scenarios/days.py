"""Scenarios 53 to 65: statuses, the edges of a day, categories, missing mappings, and paying later."""

from __future__ import annotations

from datetime import date

from tests.scenarios.shapes import (
    CONFIGURATION,
    MAPPING,
    NO_TAX,
    STANDARD,
    STANDARD_COMPONENT,
    WRITTEN,
    Record,
    Scenario,
    category,
    line,
    lines,
    method,
    order,
    payment,
    product,
    standard,
    transaction,
)

_CASH = {"Cash": ("cash",), "Sales": ("sales",)}
_UNTAXED = {"Cash": ("cash",), "Sales [0%]": ("sales",)}
_TAXES = (STANDARD, NO_TAX)


def statuses() -> Scenario:
    """Four attempts at one payment; one of them went through."""
    attempts = [
        payment("p53-authorized", "24.00", status="Authorized"),
        payment("p53-failed", "24.00", status="Failed"),
        payment("p53-cancelled", "24.00", status="Cancelled"),
        payment("p53-paid", "24.00", "Cash", status="paid"),
    ]
    return Scenario(
        53,
        "Payment statuses",
        [[STANDARD_COMPONENT, order("s53", [standard("24.00", "4.00")], attempts)]],
        [[lines(1, {"Cash": "24.00", "Sales": "-20.00", "Tax 20%": "-4.00"})]],
        _CASH,
        _TAXES,
    )


def _cash_sale(identifier: str, amount: str, when: str) -> Record:
    paid = payment(f"{identifier}-paid", amount, "Cash", created=when)
    return order(identifier, [line(amount)], [paid], created=when)


def edges_of_days() -> list[Scenario]:
    """The night the clocks change, and the last millisecond of a day."""
    spring, summer = date(2025, 3, 30), date(2025, 6, 30)
    return [
        Scenario(
            55,
            "23-hour day (spring DST)",
            [
                [
                    _cash_sale("s55-last", "10.00", "2025-03-30T22:59:59Z"),
                    _cash_sale("s55-next", "99.00", "2025-03-30T23:00:00Z"),
                ]
            ],
            [
                [
                    lines(spring, {"Cash": "10.00", "Sales [0%]": "-10.00"}),
                    lines(date(2025, 3, 31), {"Cash": "99.00", "Sales [0%]": "-99.00"}),
                ]
            ],
            _UNTAXED,
            (NO_TAX,),
            first_day=spring,
        ),
        Scenario(
            57,
            "Midnight boundary, half-open interval",
            [
                [
                    _cash_sale("s57-last", "5.00", "2025-06-30T22:59:59.999Z"),
                    _cash_sale("s57-first", "7.00", "2025-06-30T23:00:00.000Z"),
                    _cash_sale("s57-local", "3.00", "2025-07-01T00:00:00"),
                ]
            ],
            [
                [
                    lines(summer, {"Cash": "5.00", "Sales [0%]": "-5.00"}),
                    lines(date(2025, 7, 1), {"Cash": "10.00", "Sales [0%]": "-10.00"}),
                ]
            ],
            _UNTAXED,
            (NO_TAX,),
            first_day=summer,
        ),
    ]


_CATALOGUE = [
    category("food"),
    category("drinks"),
    product("pie", categories=["food", "drinks"]),
    product("juice", categories=["drinks"]),
    product("mug"),
]


def categories() -> Scenario:
    """Pie is in two categories and counts once, for the first."""
    sold = [
        standard("32.40", "5.40", product="pie", unit_price="30.00", discount="3.00"),
        standard("10.80", "1.80", product="juice", unit_price="10.00", discount="1.00"),
        standard("10.80", "1.80", product="mug", unit_price="10.00", discount="1.00"),
    ]
    return Scenario(
        59,
        "Product-category grouping with order discount",
        [
            [
                STANDARD_COMPONENT,
                *_CATALOGUE,
                order("s59", sold, [payment("p59", "54.00", "Cash")], discount="5.00"),
            ]
        ],
        [
            [
                lines(
                    1,
                    {
                        "Cash": "54.00",
                        "Sales: Food": "-27.00",
                        "Sales: Drinks": "-9.00",
                        "Other sales": "-9.00",
                        "Tax 20%": "-9.00",
                    },
                )
            ]
        ],
        {
            "Cash": ("cash",),
            "Sales: Food": ("sales-food",),
            "Sales: Drinks": ("sales-drinks",),
            "Other sales": ("sales-other",),
        },
        _TAXES,
        settings={"grouping.invoiceLineLevel": "productCategory"},
    )


def missing_mappings() -> list[Scenario]:
    """A day that cannot be mapped is blocked, alone; once mapped it is posted, once."""
    paid = {"Cash": "24.00", "Sales": "-20.00", "Tax 20%": "-4.00"}
    sold = order("s60", [standard("24.00", "4.00")], [payment("p60", "24.00", "Cash")])
    klarna = order("s61", [standard("24.00", "4.00")], [payment("p61", "24.00", "Klarna")])
    other_day = order(
        "s61-other", [standard("24.00", "4.00")], [payment("p61-other", "24.00", "Cash", on=2)], on=2
    )
    return [
        Scenario(
            60,
            "Missing tax mapping",
            [[STANDARD_COMPONENT, sold], []],
            [[], [lines(1, paid)]],
            _CASH,
            _TAXES,
            statuses=[MAPPING, WRITTEN],
            withheld=(frozenset({"Tax 20%"}), frozenset()),
        ),
        Scenario(
            61,
            "Unmapped payment type",
            [[STANDARD_COMPONENT, klarna, other_day], []],
            [
                [lines(2, paid)],
                [lines(1, {"Klarna clearing": "24.00", "Sales": "-20.00", "Tax 20%": "-4.00"})],
            ],
            {**_CASH, "Klarna clearing": ("klarna",)},
            _TAXES,
            statuses=[CONFIGURATION, WRITTEN],
            withheld=(frozenset({"Klarna clearing"}), frozenset()),
        ),
        Scenario(63, "Day with no data", [[]], [[]], _CASH, (NO_TAX,)),
    ]


def settled_net() -> Scenario:
    """A method of the partner's own; its provider's balance is the account that `card` names too."""
    bought = payment("p65", "240.00", "Custom", method="klarna")
    settlement = [
        transaction("t65", "Payout", "-230.00", on=3),
        transaction("p65", "PaymentFee", "-10.00", on=3, source=("Payment", "p65")),
    ]
    return Scenario(
        65,
        "BNPL settled net",
        [
            [STANDARD_COMPONENT, method("klarna"), order("s65", [standard("240.00", "40.00")], [bought])],
            settlement,
        ],
        [
            [lines(1, {"Klarna clearing": "240.00", "Sales": "-200.00", "Tax 20%": "-40.00"})],
            [lines(3, {"Bank": "230.00", "Payment fees": "10.00", "Klarna clearing": "-240.00"})],
        ],
        {
            "Klarna clearing": ("custom-klarna", "card"),
            "Sales": ("sales",),
            "Bank": ("payout",),
            "Payment fees": ("paymentFee",),
        },
        _TAXES,
    )
