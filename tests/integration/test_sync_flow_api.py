"""The sync configuration flow's operations, as the published clients call them (specification: api)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.domain.flow_rows import ROWS, TEXT_KEYS
from daybook.services.runtime import Runtime
from daybook.services.texts import default_texts
from daybook.store import clients
from tests.integration.api_calls import Caller, api_over
from tests.integration.at_once import alone, interleaved
from tests.simulation.memory import MemoryTable

TEXTS = "/sync/commerce/config/ui/text"
ACCOUNTS = "/sync/commerce/config/ui/accounts/platform/{}"
START = "/config/sync/commerce/{}/{}/start"
TITLE, NEXT = "configure-setupSidebar-title", "configure-misc-nextButton"
ODD = "configure-setupSidebar=checkboxes-syncSchedule"
REQUIRED = [row.key for row in ROWS if row.required]
ALL = [row.key for row in ROWS]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> tuple[Caller, Runtime]:
    call, runtime = api_over(monkeypatch, ("sync_flow", "companies"))
    clients.create(runtime.table, clients.Client("client-a", "Till Makers", ("till.example",)))
    return call, runtime


@pytest.fixture
def call(api: tuple[Caller, Runtime]) -> Caller:
    return api[0]


def start(call: Caller, commerce: str = "lqai", accounting: str = "mqjo", **parameters: str) -> Any:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return call("GET", f"{START.format(commerce, accounting)}?{query}")


def texts(call: Caller, locale: str = "en-us") -> Any:
    answer = call("GET", f"{TEXTS}?locale={locale}")
    assert answer.status == 200
    return {key: shown["text"] for key, shown in answer.body.items()}


def change(call: Caller, body: object, locale: str = "en-us") -> Any:
    return call("PATCH", f"{TEXTS}?locale={locale}", body)


def items(answer: Any) -> list[str]:
    """Where the faults of a refused request are."""
    assert answer.status == 400
    assert answer.body["statusCode"] == 400
    return [error["itemId"] for error in answer.body["validation"]["errors"]]


def test_a_new_merchant_gets_a_company_and_a_link(call: Caller) -> None:
    answer = start(
        call, merchantIdentifier="Harbour Café", locale="fr-fr", redirectUrl="https://till.example/x"
    )
    assert answer.status == 200
    assert list(answer.body) == ["url"]
    assert answer.headers["Cache-Control"] == ["no-store"]
    url = urlsplit(answer.body["url"])
    assert (url.scheme, url.netloc) == ("https", "api.example")
    stage, flow, company_id, *rest = url.path.strip("/").split("/")
    assert (stage, flow, rest) == ("v1", "flow", ["lqai", "mqjo", "start"])
    assert list(parse_qs(url.query)) == ["otp"], "nothing a merchant could change is left to the URL"
    company = call("GET", f"/companies/{company_id}").body
    assert company["name"] == "Harbour Café"
    connections = {each["integrationKey"]: each["status"] for each in company["dataConnections"]}
    assert connections == {"lqai": "Linked", "mqjo": "PendingAuth"}


def test_a_company_made_before_is_connected(call: Caller) -> None:
    company_id = call("POST", "/companies", {"name": "Quay Books"}).body["id"]
    urls = [start(call, merchantIdentifier=company_id).body["url"] for _ in range(2)]
    assert all(f"/flow/{company_id}/" in url for url in urls)
    connections = call("GET", f"/companies/{company_id}").body["dataConnections"]
    assert [each["integrationKey"] for each in connections] == ["lqai", "mqjo"]


@pytest.mark.parametrize(
    ("parameters", "faults"),
    [
        ({}, ["merchantIdentifier"]),
        ({"merchantIdentifier": "  "}, ["merchantIdentifier"]),
        ({"merchantIdentifier": "///"}, ["merchantIdentifier"]),
        ({"merchantIdentifier": "a\0b"}, ["merchantIdentifier"]),
        ({"merchantIdentifier": "é" * 201}, ["merchantIdentifier"]),
        ({"locale": "de-de"}, ["merchantIdentifier", "locale"]),
        ({"merchantIdentifier": "a", "locale": "fr"}, ["locale"]),
        ({"merchantIdentifier": "a", "locale": ""}, ["locale"]),
        ({"merchantIdentifier": "a", "redirectUrl": "https://evil.example"}, ["redirectUrl"]),
        ({"merchantIdentifier": "a", "redirectUrl": "till.example"}, ["redirectUrl"]),
    ],
)
def test_a_link_that_cannot_be_made_says_why(
    call: Caller, parameters: dict[str, str], faults: list[str]
) -> None:
    assert items(start(call, **parameters)) == faults
    assert call("GET", "/companies").body["totalResults"] == 0


def test_the_longest_identifier_fits(call: Caller) -> None:
    assert start(call, merchantIdentifier="\U0001d7d8" * 200).status == 200


def test_platforms_are_looked_up(call: Caller) -> None:
    assert start(call, accounting="zzzz", merchantIdentifier="a").status == 404
    assert start(call, commerce="zzzz", merchantIdentifier="a").status == 404
    assert items(start(call, accounting="gbol", merchantIdentifier="a")) == ["accountingKey"]
    assert items(start(call, commerce="mqjo", merchantIdentifier="a")) == ["commerceKey"]
    assert start(call, commerce="LQAI", accounting="Mqjo", merchantIdentifier="a").status == 200


def test_texts_are_a_map_of_every_key(call: Caller) -> None:
    shown = call("GET", f"{TEXTS}?locale=en-us").body
    assert list(shown) == list(TEXT_KEYS)
    assert all(set(each) == {"text", "required"} for each in shown.values())
    assert {type(each["text"]) for each in shown.values()} == {str}
    assert {type(each["required"]) for each in shown.values()} == {bool}
    assert texts(call, "fr-fr") == dict(default_texts("fr-fr"))
    assert texts(call, "EN-US") == dict(default_texts("en-us"))


@pytest.mark.parametrize("query", ["", "?locale=", "?locale=de-de", "?locale=en-us%00", "?locale=en"])
def test_a_locale_must_be_one_of_ours(call: Caller, query: str) -> None:
    for method, body in (("GET", None), ("PATCH", {TITLE: "x"})):
        assert items(call(method, TEXTS + query, body)) == ["locale"]


def test_texts_are_merged(call: Caller) -> None:
    first = change(call, {TITLE: {"text": "One"}, NEXT: "Two"})
    assert (first.status, first.body[TITLE]["text"], first.body[NEXT]["text"]) == (200, "One", "Two")
    change(call, {NEXT: {"text": "Three", "required": True}})
    assert texts(call) == {**default_texts("en-us"), TITLE: "One", NEXT: "Three"}
    assert texts(call, "fr-fr") == dict(default_texts("fr-fr")), "the other locale's stay"


def test_a_text_may_be_empty_or_the_default_again(call: Caller) -> None:
    change(call, {TITLE: "", NEXT: {"text": ""}, ODD: "When"})
    assert [texts(call)[key] for key in (TITLE, NEXT, ODD)] == ["", "", "When"]
    assert change(call, {TITLE: None, NEXT: {"text": None, "required": None}, ODD: {}}).status == 200
    assert texts(call) == {**default_texts("en-us"), ODD: "When"}


@pytest.mark.parametrize("body", [None, {}, {TITLE: {}}, {TITLE: {"required": False}}])
def test_nothing_given_changes_nothing(call: Caller, body: object) -> None:
    change(call, {TITLE: "Mine"})
    answer = change(call, body)
    assert (answer.status, answer.body[TITLE]["text"]) == (200, "Mine")
    assert texts(call) == {**default_texts("en-us"), TITLE: "Mine"}


def test_the_odd_key_is_taken_in_both_spellings(call: Caller) -> None:
    for spelling in (ODD, ODD.replace("=", "-")):
        shown = change(call, {spelling: f"by {spelling}"}).body
        assert shown[ODD]["text"] == f"by {spelling}"
        assert list(shown) == list(TEXT_KEYS)


def test_every_fault_of_texts_is_told_and_nothing_changed(call: Caller) -> None:
    both = {ODD: "a", ODD.replace("=", "-"): "b"}
    wrong = {
        TITLE: 5,
        NEXT: {"text": ["x"]},
        "configure-required-indicator": "x" * 1001,
        "nope": "x",
        "": None,
    }
    answer = change(call, {"configure-misc-previousButton": "Fine", **wrong, **both})
    assert items(answer) == [f"$.{key}" for key in wrong] + [f"$.{ODD.replace('=', '-')}"]
    assert texts(call) == dict(default_texts("en-us"))


@pytest.mark.parametrize("body", [[], "x", 5, True, [TITLE]])
def test_texts_are_given_as_an_object(call: Caller, body: object) -> None:
    assert items(change(call, body)) == ["$"]


def test_very_many_faults_are_told_briefly(call: Caller) -> None:
    answer = change(call, {f"key {number} {'x' * 500}": "y" for number in range(5000)})
    assert len(items(answer)) == 100
    assert len(str(answer.body)) < 60_000
    assert answer.body["error"].endswith("And 4997 more.")


def test_the_longest_texts_all_fit(call: Caller) -> None:
    longest = dict.fromkeys(TEXT_KEYS, "🧾" * 1000)
    assert change(call, longest).status == 200
    assert texts(call) == longest


def test_texts_keep_markup_as_it_is_written(call: Caller) -> None:
    written = "<script>alert('é')</script> & {{ 7 * 7 }}"
    assert change(call, {TITLE: written}).body[TITLE]["text"] == written


def test_two_who_change_texts_at_once_both_succeed(api: tuple[Caller, Runtime]) -> None:
    call, runtime = api
    assert isinstance(runtime.table, MemoryTable)
    table, ends = runtime.table, []

    def one() -> None:
        change(call, {TITLE: f"one {len(ends)}"})
        with alone(table):
            shown = texts(call)
        ends.append((shown[TITLE], shown[NEXT]))

    runs = interleaved(table, one, lambda: change(call, {NEXT: f"other {len(ends)}"}))
    assert runs >= 1
    assert ends[:runs] == [(f"one {number}", f"other {number}") for number in range(runs)]


def test_texts_and_rows_are_each_clients_own(call: Caller) -> None:
    other = call.as_client("client-b")
    change(call, {TITLE: "Mine"})
    call("POST", ACCOUNTS.format("mqjo"), {"visibleAccounts": []})
    assert texts(other) == dict(default_texts("en-us"))
    assert other("GET", ACCOUNTS.format("mqjo")).body == {"visibleAccounts": ALL}


def test_every_row_is_visible_at_first(call: Caller) -> None:
    for path in (ACCOUNTS, "/clients/client-a/config/ui/accounts/platform/{}"):
        for key in ("mqjo", "lqai", "gbol", "MQJO"):
            answer = call("GET", path.format(key))
            assert (answer.status, answer.body) == (200, {"visibleAccounts": ALL})


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"visibleAccounts": []}, REQUIRED),
        ({"visibleAccounts": ["payments-accounts-cash"]}, [*REQUIRED, "payments-accounts-cash"]),
        ({"visibleAccounts": ["payments-accounts-cash"] * 3}, [*REQUIRED, "payments-accounts-cash"]),
        ({"visibleAccounts": ALL}, ALL),
        ({"visibleAccounts": None}, ALL),
        ({}, ALL),
        (None, ALL),
    ],
)
def test_visible_accounts_are_chosen(call: Caller, body: object, shown: list[str]) -> None:
    call("POST", ACCOUNTS.format("mqjo"), {"visibleAccounts": ["fees-accounts-loan"]})
    answer = call("POST", ACCOUNTS.format("mqjo"), body)
    assert (answer.status, answer.body) == (200, {"visibleAccounts": shown})
    assert call("GET", ACCOUNTS.format("mqjo")).body == answer.body
    assert call("GET", "/clients/client-a/config/ui/accounts/platform/mqjo").body == answer.body
    assert call("GET", ACCOUNTS.format("gbol")).body == {"visibleAccounts": ALL}, "each platform has its own"


def test_unknown_rows_are_refused_by_name(call: Caller) -> None:
    call("POST", ACCOUNTS.format("mqjo"), {"visibleAccounts": []})
    sent = {"visibleAccounts": ["sales-accounts-sales", "nope", "payments-accounts-Card"]}
    answer = call("POST", ACCOUNTS.format("mqjo"), sent)
    assert items(answer) == ["$.visibleAccounts[1]", "$.visibleAccounts[2]"]
    assert call("GET", ACCOUNTS.format("mqjo")).body == {"visibleAccounts": REQUIRED}


@pytest.mark.parametrize("body", [[], "x", {"visibleAccounts": "x"}, {"visibleAccounts": [1, None]}])
def test_visible_accounts_are_a_list_of_texts(call: Caller, body: object) -> None:
    assert items(call("POST", ACCOUNTS.format("mqjo"), body))
    assert items(call("POST", ACCOUNTS.format("mqjo"), {"visibleAccounts": ["x"] * 1001})) == [
        "$.visibleAccounts"
    ]


def test_another_client_is_an_unknown_one(call: Caller) -> None:
    answers = [
        call("GET", f"/clients/{client}/config/ui/accounts/platform/mqjo")
        for client in ("client-b", "nobody")
    ]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body == answers[1].body


def test_an_unknown_platform_has_no_rows(call: Caller) -> None:
    for method, body in (("GET", None), ("POST", {"visibleAccounts": []})):
        assert call(method, ACCOUNTS.format("zzzz"), body).status == 404
    assert call("GET", "/clients/client-a/config/ui/accounts/platform/zzzz").status == 404


KEYS = (TITLE, ODD, "text", "required", "visibleAccounts", "sales-accounts-sales", "nope", "")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.sampled_from(KEYS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=values, merchant=st.text(max_size=210), url=st.text(max_size=20), locale=st.text(max_size=6))
def test_whatever_is_sent_is_taken_or_refused(
    call: Caller, body: object, merchant: str, url: str, locale: str
) -> None:
    parameters = {"merchantIdentifier": merchant, "redirectUrl": url, "locale": locale}
    for answer in (
        change(call, body),
        change(call, body, quote(locale, errors="replace")),
        call("POST", ACCOUNTS.format("mqjo"), body),
        start(call, **{name: value.encode(errors="replace").decode() for name, value in parameters.items()}),
        start(call, merchantIdentifier=merchant.encode(errors="replace").decode()),
    ):
        assert answer.status in (200, 400)
        assert answer.status == 200 or answer.body["validation"]["errors"]
    assert call("GET", ACCOUNTS.format("mqjo")).status == 200
    assert list(texts(call)) == list(TEXT_KEYS)
