"""A partner's journey with the current client. What no method does is done with plain calls."""

from __future__ import annotations

from local.merchant import selection
from tests.conformance.calls import Call
from tests.conformance.published import CURRENT
from tests.conformance.steps import BAD_QUERY, Journey, books, step
from tests.conformance.trade import CHOICES, DAY, NEXT_DAY, RECORDS


@step(CURRENT, "integrations.list")
def what_can_be_connected(call: Call, _: Journey) -> None:
    call.refused(400, "malformed query", query=BAD_QUERY)
    found = call(query="enabled%3Dtrue", page=1, page_size=50)
    assert {"mqjo", "lqai"} <= {each.key for each in found.results}
    assert call(order_by="-name").total_results >= found.total_results


@step(CURRENT, "integrations.get_branding")
def how_it_looks(call: Call, _: Journey) -> None:
    assert call(platform_key="qhyg").logo.full.image.src.startswith("http")


@step(CURRENT, "advanced_controls.create_company")
def a_new_merchant(call: Call, journey: Journey) -> None:
    call.refused(400, "a name without a letter", name="<>")
    company = call(name="Café № 1", description="two shops", tags={"region": "north"})
    assert company.name.startswith("Café")
    assert company.tags == {"region": "north"}
    journey.known.company = company.id


@step(CURRENT, "advanced_controls.list_companies")
def find_the_merchant(call: Call, journey: Journey) -> None:
    call.refused(400, "malformed query", query=BAD_QUERY)
    call.refused(400, "page 0", page=0)
    found = call(query=f"id%3D{journey.known.company}", order_by="-created")
    assert [each.id for each in found.results] == [journey.known.company]


@step(CURRENT, "connections.create")
def connect(call: Call, journey: Journey) -> None:
    company = journey.known.company
    call.refused(400, "unknown platform", company_id=company, request_body={"platform_key": "zzzz"})
    books = call(company_id=company, request_body={"platform_key": "mqjo"})
    assert books.status.value == "PendingAuth"
    assert books.link_url
    journey.known.books = books.id
    journey.known.shop = call(company_id=company, request_body={"platform_key": "lqai"}).id


@step(CURRENT, "sync.request")
def too_early(call: Call, journey: Journey) -> None:
    call.refused(400, "not linked", company_id=journey.known.company)


@step(CURRENT, "connections.update_authorization")
def authorise(call: Call, journey: Journey) -> None:
    bad = {"baseCurrency": "pounds"}
    call.refused(400, "unknown currency", **books(journey), request_body=bad)
    linked = call(**books(journey), request_body={"timeZone": "Europe/London"})
    assert linked.status.value == "Linked"


@step(CURRENT, "connections.list")
def both_are_linked(call: Call, journey: Journey) -> None:
    call.refused(400, "malformed query", company_id=journey.known.company, query=BAD_QUERY)
    found = call(company_id=journey.known.company)
    assert {each.status.value for each in found.results} == {"Linked"}
    assert {each.source_type.value for each in found.results} == {"Accounting", "Commerce"}


@step(CURRENT, "connections.get_sync_flow_url")
def where_the_merchant_goes(call: Call, journey: Journey) -> None:
    call.refused(
        400,
        "identifier of 300 characters",
        commerce_key="lqai",
        accounting_key="mqjo",
        merchant_identifier="x" * 300,
    )
    flow = call(commerce_key="lqai", accounting_key="mqjo", merchant_identifier=journey.known.company)
    assert flow.url.startswith("http")


@step(CURRENT, "sync.request")
def not_configured(call: Call, journey: Journey) -> None:
    call.refused(400, "not configured", company_id=journey.known.company)


@step(CURRENT, "sync.request_for_date_range")
def not_configured_either(call: Call, journey: Journey) -> None:
    dates = {"date_range": {"start": DAY, "finish": NEXT_DAY}}
    call.refused(400, "not configured", company_id=journey.known.company, sync_range=dates)


@step(CURRENT, "advanced_controls.get_configuration")
def what_can_be_chosen(call: Call, journey: Journey) -> None:
    company = journey.known.company
    offered = call(company_id=company)
    assert not offered.configured
    assert offered.configuration.sales.accounts["sales"].account_options
    journey.push(company, RECORDS)
    path = f"/config/companies/{company}/sync/commerce"
    journey.api.post(path, selection(journey.api.get(path), CHOICES))
    chosen = call(company_id=company)
    assert chosen.configured
    assert chosen.enable
    assert chosen.configuration.sales.accounts["sales"].selected_account_id
    assert chosen.schedule.start_date == CHOICES.start


@step(CURRENT, "advanced_controls.set_configuration")
def save_without_a_body(call: Call, journey: Journey) -> None:
    # The client has no parameter for a body: the request says nothing, and changes nothing.
    company = journey.known.company
    path = f"/config/companies/{company}/sync/commerce"
    before = journey.api.get(path)
    assert call(company_id=company).configured
    assert journey.api.get(path) == before


@step(CURRENT, "sync.get_last_successful_sync")
def none_yet(call: Call, journey: Journey) -> None:
    call.refused(404, "none has succeeded", company_id=journey.known.company)


@step(CURRENT, "sync.request")
def a_sync(call: Call, journey: Journey) -> None:
    company = journey.known.company
    call.refused(
        400, "not a date", company_id=company, sync_to_latest_args={"sync_to": "the second of March"}
    )
    begun = call(company_id=company, sync_to_latest_args={"sync_to": NEXT_DAY})
    assert begun.commerce_sync_id
    journey.known.sync = begun.commerce_sync_id
    assert call(company_id=company).company_id == company


@step(CURRENT, "sync.request_for_date_range")
def a_sync_of_the_past(call: Call, journey: Journey) -> None:
    company = journey.known.company
    backwards = {"date_range": {"start": NEXT_DAY, "finish": DAY}}
    call.refused(400, "a range that ends before it starts", company_id=company, sync_range=backwards)
    call(company_id=company, sync_range={"date_range": {"start": DAY, "finish": NEXT_DAY}})


@step(CURRENT, "sync.get")
def how_it_went(call: Call, journey: Journey) -> None:
    journey.wait_for_syncs(journey.known.company)
    found = call(company_id=journey.known.company, sync_id=journey.known.sync)
    assert found.sync_status_code == 2000, found
    assert found.sync_id == journey.known.sync


@step(CURRENT, "sync.list")
def all_that_ran(call: Call, journey: Journey) -> None:
    found = call(company_id=journey.known.company)
    assert [each.sync_status_code for each in found] == [2040, 2040, 2000]


@step(CURRENT, "sync.get_latest_sync")
def the_newest(call: Call, journey: Journey) -> None:
    assert call(company_id=journey.known.company).sync_status_code == 2040


@step(CURRENT, "sync.get_last_successful_sync")
def the_newest_good_one(call: Call, journey: Journey) -> None:
    assert call(company_id=journey.known.company).sync_status_code in (2000, 2040)


@step(CURRENT, "sync.get_status")
def the_whole_picture(call: Call, journey: Journey) -> None:
    found = call(company_id=journey.known.company)
    assert found.sync_status_code == 2040
    assert found.sync_id == found.commerce_sync_id
    assert len(found.data_connections) == 2


@step(CURRENT, "sync_flow_settings.get_config_text_sync_flow")
def the_texts(call: Call, journey: Journey) -> None:
    texts = call(locale="en-us")
    assert all(each.text is not None for each in texts.values())
    assert call(locale="fr-fr").keys() == texts.keys()
    journey.known.text = min(texts)


@step(CURRENT, "sync_flow_settings.update_config_text_sync_flow")
def other_words(call: Call, journey: Journey) -> None:
    key = journey.known.text
    call.refused(400, "unknown key", locale="en-us", request_body={"no such text": {"text": "x"}})
    assert call(locale="en-us", request_body={key: {"text": "Où sont vos livres ?"}})[key].text.startswith(
        "Où"
    )
    again = call(locale="en-us", request_body={key: {"text": None}})
    assert again[key].text != "Où sont vos livres ?"
    assert call(locale="en-us", request_body={}) == again


@step(CURRENT, "sync_flow_settings.get_visible_accounts")
def all_accounts_are_seen(call: Call, journey: Journey) -> None:
    found = call(client_id=journey.client_id, platform_key="mqjo")
    assert len(found.visible_accounts) > 9
    journey.known.visible = found.visible_accounts


@step(CURRENT, "sync_flow_settings.update_visible_accounts_sync_flow")
def fewer_accounts_are_seen(call: Call, journey: Journey) -> None:
    unknown = {"visible_accounts": ["no such account"]}
    call.refused(400, "unknown account", platform_key="mqjo", visible_accounts=unknown)
    fewest = call(platform_key="mqjo", visible_accounts={"visible_accounts": []}).visible_accounts
    assert len(fewest) == 9
    everything = call(platform_key="mqjo", visible_accounts={"visible_accounts": None}).visible_accounts
    assert set(everything) == set(journey.known.visible)
    assert call(platform_key="mqjo").visible_accounts == everything


@step(CURRENT, "connections.update_connection")
def unlink(call: Call, journey: Journey) -> None:
    ids = books(journey)
    call.refused(400, "a status nobody can ask for", **ids, update_connection={"status": "Linked"})
    assert call(**ids, update_connection={"status": "Unlinked"}).status.value == "Unlinked"


@step(CURRENT, "connections.update_authorization")
def link_again(call: Call, journey: Journey) -> None:
    assert call(**books(journey), request_body={"any": "thing"}).status.value == "Linked"


@step(CURRENT, "advanced_controls.get_configuration")
def it_is_as_it_was(call: Call, journey: Journey) -> None:
    assert call(company_id=journey.known.company).configured


@step(CURRENT, "connections.list")
def gone(call: Call, journey: Journey) -> None:
    journey.api.call("DELETE", f"/companies/{journey.known.company}")
    call.refused(404, "deleted company", company_id=journey.known.company)
