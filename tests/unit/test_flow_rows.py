"""The keys and texts of the sync configuration flow, and where it may lead (specification: flow)."""

from __future__ import annotations

import pytest

from daybook.domain.flow_rows import LOCALES, ROWS, TEXT_KEYS, labels_required_row, text_key, visible
from daybook.domain.redirects import LONGEST_URL, may_redirect
from daybook.services.texts import default_texts

REQUIRED = [
    "sales-accounts-sales",
    "sales-accounts-refund",
    "sales-taxRates-0",
    "sales-taxRates-5",
    "sales-taxRates-10",
    "sales-taxRates-20",
    "sales-other-invoiceStatus",
    "sales-other-groupingPeriod",
    "payments-accounts-card",
]
# As published, braces meaning one of these.
TEXTS = """
configure-setupSidebar-title
configure-setupSidebar-checkboxes-{connectToCommerce,connectToAccounting,sales,fees,payments}
configure-setupSidebar=checkboxes-syncSchedule
configure-misc-{previousButton,nextButton}
configure-required-indicator
configure-content-{sales,fees,payments}-{title,description}
configure-content-{sales,fees,payments}-accounts-{title,description}
configure-content-sales-{taxRates,other}-{title,description}
configure-content-sales-accounts-entries-{sales,refund,gratuity,prepaid,sales-other}
configure-content-sales-accounts-taxRates-entries-{0,10,15,20}
configure-content-sales-other-entries-{invoiceStatus,groupingPeriod}
configure-content-fees-accounts-entries-{paymentFee,paymentFeeRefund,loan,loanPayment,loanFee,cashback}
configure-content-payments-accounts-entries-{card,cash,invoice,onlineCard,payout,custom,storeCredit}
configure-content-payments-accounts-entries-{paypal,paypalQr,mobile,vipps,swish,prepaidPayment,manual}
"""
ACCOUNTS = """
sales-accounts-{sales,sales-other,refund,gratuity,prepaid}
sales-taxRates-{0,5,10,20}
sales-other-{invoiceStatus,groupingPeriod}
fees-accounts-{paymentFee,paymentFeeRefund,loan,loanPayment,loanFee,cashback}
payments-accounts-{card,cash,invoice,onlineCard,payout,custom,storeCredit}
payments-accounts-{paypal,paypalQr,mobile,vipps,swish,prepaidPayment,manual}
"""


def published(lines: str) -> set[str]:
    """Every key that such lines mean."""
    found = set(lines.split())
    while any("{" in key for key in found):
        for key in [key for key in found if "{" in key]:
            found.remove(key)
            begin, _, rest = key.partition("{")
            names, _, end = rest.partition("}")
            found |= {f"{begin}{name}{end}" for name in names.split(",")}
    return found


def test_the_keys_are_those_that_partners_use() -> None:
    assert set(TEXT_KEYS) == published(TEXTS)
    assert len(TEXT_KEYS) == len(set(TEXT_KEYS)) == 57
    assert {row.key for row in ROWS} == published(ACCOUNTS)
    assert [row.key for row in ROWS if row.required] == REQUIRED


def test_each_row_has_its_own_label() -> None:
    labels = {row.key: row.label for row in ROWS}
    assert len(set(labels.values())) == len(ROWS)
    assert set(labels.values()) <= set(TEXT_KEYS)
    rates = {rate: labels[f"sales-taxRates-{rate}"].rpartition("-")[2] for rate in ("0", "5", "10", "20")}
    assert rates == {"0": "0", "5": "10", "10": "15", "20": "20"}
    assert labels["sales-accounts-sales-other"] == "configure-content-sales-accounts-entries-sales-other"
    assert labels["fees-accounts-loan"] == "configure-content-fees-accounts-entries-loan"


def test_only_labels_of_required_rows_are_required() -> None:
    required = {row.label for row in ROWS if row.required}
    assert {key for key in TEXT_KEYS if labels_required_row(key)} == required
    assert len(required) == 9


def test_the_odd_key_may_be_written_like_its_neighbours() -> None:
    odd = "configure-setupSidebar=checkboxes-syncSchedule"
    assert text_key(odd) == text_key(odd.replace("=", "-")) == odd
    assert text_key("configure-setupSidebar=checkboxes-sales") is None
    assert text_key("") is None


def test_what_is_required_is_always_visible() -> None:
    assert visible(None) == tuple(row.key for row in ROWS)
    assert list(visible([])) == REQUIRED
    chosen = visible(["payments-accounts-cash", "sales-accounts-gratuity", "payments-accounts-cash"])
    assert set(chosen) == {*REQUIRED, "payments-accounts-cash", "sales-accounts-gratuity"}
    assert list(chosen) == [row.key for row in ROWS if row.key in chosen], "in the flow's order"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_has_a_default_in_every_locale(locale: str) -> None:
    texts = default_texts(locale)
    assert list(texts) == list(TEXT_KEYS)
    assert all(text.strip() == text and text for text in texts.values())


def test_the_rates_are_named_by_their_rate_not_by_their_key() -> None:
    key = "configure-content-sales-accounts-taxRates-entries-{}"
    for locale in LOCALES:
        texts = default_texts(locale)
        for label, rate in (("0", "0"), ("10", "5"), ("15", "10"), ("20", "20")):
            assert (
                rate in texts[key.format(label)].replace("\N{NO-BREAK SPACE}", " ").replace("%", " ").split()
            )


def test_the_locales_are_two_languages() -> None:
    english, french = (default_texts(locale) for locale in LOCALES)
    same = {key for key in TEXT_KEYS if english[key] == french[key]}
    assert {key.rpartition("-")[2] for key in same} == {"paypal", "vipps", "swish"}


ALLOWED = ("Shop.example", "till.example:8443", "localhost:3000", "::1", "[::1]")


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "http://shop.example/",
        "HTTPS://SHOP.EXAMPLE/done?a=b&c=%2F#end",
        "https://shop.example:9000/done",
        "https://till.example:8443/x",
        "http://localhost:3000",
        "https://shop.example/" + "a" * (LONGEST_URL - 21),
    ],
)
def test_a_merchant_may_go_back_to_an_allowed_host(url: str) -> None:
    assert may_redirect(url, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example/done",
        "//shop.example/done",
        "/done",
        "https:shop.example",
        "https:///shop.example",
        "ftp://shop.example/",
        "javascript://shop.example/%0aalert(1)",
        "https://evil.example/?shop.example",
        "https://evil.example/#shop.example",
        "https://shop.example.evil.example/",
        "https://evil-shop.example/",
        "https://sub.shop.example/",
        "https://shop.example./",
        "https://shop.example@evil.example/",
        "https://user:secret@shop.example/",
        "https://@shop.example/",
        "https://evil.example\\@shop.example/",
        "https://shop.example\\.evil.example/",
        "https://shop.example /",
        " https://shop.example/",
        "https://shop.example/\n",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.ex\tample/",
        "https://shop.example/é",
        "https://sh\u00f6p.example/",
        "https://shop\u3002example/",
        "https://shop.example:port/",
        "https://shop.example:99999/",
        "https://till.example/x",
        "https://till.example:8444/x",
        "http://localhost/",
        "https://[::1/",
        "https://[::1]/",
        "https://shop.example/" + "a" * (LONGEST_URL - 20),
    ],
)
def test_a_merchant_is_sent_nowhere_else(url: str) -> None:
    assert not may_redirect(url, ALLOWED)


def test_nothing_is_allowed_to_a_client_without_hosts() -> None:
    assert not may_redirect("https://shop.example/", ())
