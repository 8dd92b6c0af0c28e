"""Scenarios 1 to 19 and 39 to 43: sales, tips, charges, gift cards, tenders and currencies."""

from __future__ import annotations

from decimal import Decimal

from tests.scenarios.shapes import (
    MAPPING,
    NO_TAX,
    STANDARD,
    STANDARD_COMPONENT,
    Scenario,
    TaxTreatment,
    at,
    charge,
    component,
    line,
    lines,
    order,
    payment,
    product,
    standard,
)

_TAKINGS = {"Cash": ("cash",), "Card clearing": ("card",), "Sales": ("sales",)}
_BY_TREATMENT = {"Cash": ("cash",), "Sales [0%]": ("sales",), "Sales [20%]": ("sales",)}
_ZERO = TaxTreatment(("zero",), Decimal(0))
_EXEMPT = TaxTreatment(("exempt",), Decimal(0), exempt=True)


def plain_sales() -> list[Scenario]:
    """Lines, rates and discounts."""
    return [
        Scenario(
            1,
            "Tax-exclusive, cash",
            [
                [
                    STANDARD_COMPONENT,
                    order("s1", [standard("24.00", "4.00", quantity=2)], [payment("p1", "24.00", "Cash")]),
                ]
            ],
            [[lines(1, {"Cash": "24.00", "Sales": "-20.00", "Tax 20%": "-4.00"})]],
            _TAKINGS,
            (STANDARD, NO_TAX),
        ),
        mixed_rates(),
        quebec(),
        order_discount(),
        cash_rounding(),
    ]


def mixed_rates() -> Scenario:
    """Zero-rated and exempt are both nought per cent, and different."""
    return Scenario(
        3,
        "Mixed rates in one order: zero-rated, standard, exempt (inclusive)",
        [
            [
                STANDARD_COMPONENT,
                component("zero", "0"),
                component("exempt", "0"),
                order(
                    "s3",
                    [
                        line("3.00", "0.00", {"zero": "0.00"}),
                        standard("2.40", "0.40"),
                        line("5.00", "0.00", {"exempt": "0.00"}),
                    ],
                    [payment("p3", "10.40", "Cash")],
                ),
            ]
        ],
        [
            [
                lines(
                    1,
                    {
                        "Cash": "10.40",
                        "Sales [0%]": "-3.00",
                        "Sales [20%]": "-2.00",
                        "Sales [exempt]": "-5.00",
                        "Tax 20%": "-0.40",
                    },
                )
            ]
        ],
        {**_BY_TREATMENT, "Sales [exempt]": ("sales",)},
        (STANDARD, _ZERO, _EXEMPT, NO_TAX),
    )


def quebec() -> Scenario:
    """Two components on one line, each mapped alone: a journal takes them apart, an invoice cannot."""
    both = line("114.98", "14.98", {"gst": "5.00", "qst": "9.98"}, percent="14.975")
    paid = payment("p4", "114.98", currency="CAD", created=at(1, "18:00:00"))
    return Scenario(
        4,
        "Two non-compound components (Quebec)",
        [
            [
                component("gst", "0.05"),
                component("qst", "0.09975"),
                order("s4", [both], [paid], currency="CAD", created=at(1, "18:00:00")),
            ]
        ],
        [
            [
                lines(
                    1,
                    {
                        "Card clearing": "114.98",
                        "Sales": "-100.00",
                        "GST payable": "-5.00",
                        "QST payable": "-9.98",
                    },
                )
            ]
        ],
        _TAKINGS,
        (
            TaxTreatment(("gst",), Decimal(5), "GST payable"),
            TaxTreatment(("qst",), Decimal("9.975"), "QST payable"),
            NO_TAX,
        ),
        currency="CAD",
        zone="America/Toronto",
        invoice_statuses=[MAPPING],
    )


def order_discount() -> Scenario:
    """Ten pounds off three lines of ten, spread by the source: 3.34, 3.33, 3.33."""
    sold = [
        standard("6.66", "1.11", unit_price="8.3333", discount="3.34"),
        standard("6.67", "1.11", unit_price="8.3333", discount="3.33"),
        line("6.67", "0.00", {"zero": "0.00"}, unit_price="10.00", discount="3.33"),
    ]
    return Scenario(
        6,
        "Order-level discount spread, penny remainder, two rates (inclusive)",
        [
            [
                STANDARD_COMPONENT,
                component("zero", "0"),
                order("s6", sold, [payment("p6", "20.00", "Cash")], discount="10.00"),
            ]
        ],
        [[lines(1, {"Cash": "20.00", "Sales [20%]": "-11.11", "Sales [0%]": "-6.67", "Tax 20%": "-2.22"})]],
        _BY_TREATMENT,
        (STANDARD, _ZERO, NO_TAX),
    )


def cash_rounding() -> Scenario:
    """9.98 is due, 10.00 is taken, and the order's total says so."""
    created = "2026-03-02T12:00:00+11:00"
    return Scenario(
        8,
        "Cash rounding",
        [
            [
                component("gst", "0.1"),
                order(
                    "s8",
                    [line("9.98", "0.91", {"gst": "0.91"}, percent="10")],
                    [payment("p8", "10.00", "Cash", currency="AUD", created=created)],
                    created=created,
                    total="10.00",
                    currency="AUD",
                ),
            ]
        ],
        [[lines(1, {"Cash": "10.00", "Sales": "-9.07", "GST payable": "-0.91", "Cash rounding": "-0.02"})]],
        {**_TAKINGS, "Cash rounding": ("rounding",)},
        (TaxTreatment(("gst",), Decimal(10), "GST payable"), NO_TAX),
        currency="AUD",
        zone="Australia/Sydney",
    )


def tips() -> list[Scenario]:
    """A tip on a card, and one added after the day was posted."""
    before = order("s10", [standard("60.00", "10.00")], [payment("p10", "60.00")])
    after = order(
        "s10", [standard("60.00", "10.00")], [payment("p10", "69.00")], gratuity="9.00", modified=at(2)
    )
    sixty = {"Card clearing": "60.00", "Sales": "-50.00", "Tax 20%": "-10.00"}
    tips = {**_TAKINGS, "Tips payable": ("gratuity",)}
    return [
        Scenario(
            9,
            "Tip on card",
            [
                [
                    STANDARD_COMPONENT,
                    order("s9", [standard("60.00", "10.00")], [payment("p9", "69.00")], gratuity="9.00"),
                ]
            ],
            [[lines(1, {**sixty, "Card clearing": "69.00", "Tips payable": "-9.00"})]],
            tips,
            (STANDARD, NO_TAX),
        ),
        Scenario(
            10,
            "Tip adjusted after the day was posted",
            [[STANDARD_COMPONENT, before], [after]],
            [[lines(1, sixty)], [lines(1, {"Card clearing": "9.00", "Tips payable": "-9.00"})]],
            tips,
            (STANDARD, NO_TAX),
        ),
    ]


def charges() -> list[Scenario]:
    """Service charges of the three kinds."""
    return [
        _charged(
            12,
            "Taxed mandatory service charge",
            order(
                "s12",
                [standard("120.00", "20.00")],
                [payment("p12", "135.00")],
                charges=[charge("Generic", "15.00", "2.50", "Service")],
            ),
            {
                "Card clearing": "135.00",
                "Sales": "-100.00",
                "Service charge income": "-12.50",
                "Tax 20%": "-22.50",
            },
            ("Service charge income", "serviceCharge"),
        ),
        _charged(
            13,
            "Shipping as a service charge",
            order(
                "s13",
                [standard("96.00", "16.00")],
                [payment("p13", "102.00")],
                charges=[charge("Shipping", "6.00", "1.00")],
            ),
            {"Card clearing": "102.00", "Sales": "-80.00", "Shipping income": "-5.00", "Tax 20%": "-17.00"},
            ("Shipping income", "shipping"),
        ),
        _charged(
            14,
            "Overpayment service charge",
            order(
                "s14",
                [standard("24.00", "4.00")],
                [payment("p14", "25.00", "Cash")],
                charges=[charge("Overpayment", "1.00")],
            ),
            {"Cash": "25.00", "Sales": "-20.00", "Tax 20%": "-4.00", "Customer overpayments": "-1.00"},
            ("Customer overpayments", "overpayment"),
        ),
    ]


def _charged(
    identifier: int,
    title: str,
    sold: tuple[str, dict[str, object]],
    amounts: dict[str, str],
    key: tuple[str, str],
) -> Scenario:
    return Scenario(
        identifier,
        title,
        [[STANDARD_COMPONENT, sold]],
        [[lines(1, amounts)]],
        {**_TAKINGS, key[0]: (key[1],)},
        (STANDARD, NO_TAX),
    )


def gift_cards_and_tenders() -> list[Scenario]:
    """Gift cards sold, at face value and below, and an order paid two ways."""
    liability = {"Cash": ("cash",), "Gift card liability": ("prepaid",)}
    full = line("50.00", product="voucher", unit_price="50.00")
    reduced = line("40.00", product="voucher", unit_price="50.00", discount="10.00")
    split = [payment("p19-cash", "10.00", "Cash"), payment("p19-card", "20.00")]
    return [
        Scenario(
            15,
            "Gift card sold",
            [[product("voucher", gift_card=True), order("s15", [full], [payment("p15", "50.00", "Cash")])]],
            [[lines(1, {"Cash": "50.00", "Gift card liability": "-50.00"})]],
            liability,
            (NO_TAX,),
        ),
        Scenario(
            17,
            "Gift card sold below face value",
            [
                [
                    product("voucher", gift_card=True),
                    order("s17", [reduced], [payment("p17", "40.00", "Cash")], discount="10.00"),
                ]
            ],
            [[lines(1, {"Cash": "40.00", "Promotions expense": "10.00", "Gift card liability": "-50.00"})]],
            {**liability, "Promotions expense": ("prepaidDiscount",)},
            (NO_TAX,),
        ),
        Scenario(
            19,
            "Split tender cash + card",
            [[STANDARD_COMPONENT, order("s19", [standard("30.00", "5.00")], split)]],
            [[lines(1, {"Cash": "10.00", "Card clearing": "20.00", "Sales": "-25.00", "Tax 20%": "-5.00"})]],
            _TAKINGS,
            (STANDARD, NO_TAX),
        ),
    ]


def untaxed() -> list[Scenario]:
    """A free order, and one without tax."""
    free = line("0.00", unit_price="50.00", discount="50.00")
    return [
        Scenario(
            39,
            "100% discount order",
            [[order("s39", [free], discount="50.00")]],
            [[]],
            _TAKINGS,
            (NO_TAX,),
        ),
        Scenario(
            40,
            "Zero-tax sale",
            [[order("s40", [line("15.00")], [payment("p40", "15.00", "Cash")])]],
            [[lines(1, {"Cash": "15.00", "Sales [0%]": "-15.00"})]],
            _BY_TREATMENT,
            (NO_TAX,),
        ),
    ]


def currencies() -> list[Scenario]:
    """A foreign currency, and one without decimals."""
    return [
        Scenario(
            42,
            "Foreign-currency order",
            [
                [
                    STANDARD_COMPONENT,
                    order(
                        "s42",
                        [standard("120.00", "20.00")],
                        [payment("p42", "120.00", currency="EUR")],
                        currency="EUR",
                    ),
                ]
            ],
            [[lines(1, {"Card clearing (EUR)": "120.00", "Sales": "-100.00", "Tax 20%": "-20.00"})]],
            {"Card clearing (EUR)": ("card",), "Sales": ("sales",)},
            (STANDARD, NO_TAX),
            currency="EUR",
            base_currency="GBP",
        ),
        no_decimals(),
    ]


def no_decimals() -> Scenario:
    """Eleven hundred yen are 1100, in any unit."""
    tokyo = "2026-03-02T12:00:00+09:00"
    yen = line("1100", "100", {"consumption": "100"}, percent="10")
    return Scenario(
        43,
        "Zero-decimal currency",
        [
            [
                component("consumption", "0.1"),
                order(
                    "s43",
                    [yen],
                    [payment("p43", "1100", "Cash", currency="JPY", created=tokyo)],
                    created=tokyo,
                    currency="JPY",
                ),
            ]
        ],
        [[lines(1, {"Cash": "1100", "Sales": "-1000", "Tax 10%": "-100"})]],
        _TAKINGS,
        (TaxTreatment(("consumption",), Decimal(10), "Tax 10%"), NO_TAX),
        currency="JPY",
        zone="Asia/Tokyo",
    )
