"""The journey with the v1 client, up to the first sync. What no method does is done with plain calls."""

from __future__ import annotations

from codatsynccommerce.models import shared

from local.merchant import selection
from tests.conformance.calls import Call
from tests.conformance.published import V1
from tests.conformance.steps import BAD_QUERY, Journey, books, step
from tests.conformance.trade import CHOICES, DAY, NEXT_DAY, RECORDS


@step(V1, "integrations.list_integrations")
def what_can_be_connected(call: Call, _: Journey) -> None:
    call.refused(400, "malformed query", query=BAD_QUERY)
    found = call(query="enabled%3Dtrue")
    assert {"mqjo", "lqai"} <= {each.key for each in found.results}


@step(V1, "integrations.get_integration_branding")
def how_it_looks(call: Call, _: Journey) -> None:
    assert call(platform_key="gbol").logo.full.image.src.startswith("http")


@step(V1, "company_management.create_company")
def a_new_merchant(call: Call, journey: Journey) -> None:
    call.refused(400, "a name without a letter", name="<>")
    company = call(name="Old Mill", description="one shop")
    assert [each.integration_key for each in company.data_connections] == ["lqai"]
    journey.known.company = company.id
    journey.known.shop = company.data_connections[0].id


@step(V1, "company_management.list_companies")
def find_the_merchant(call: Call, journey: Journey) -> None:
    call.refused(400, "malformed query", query=BAD_QUERY)
    found = call(query=f"id={journey.known.company}", page=1, page_size=2, order_by="-created")
    assert [each.id for each in found.results] == [journey.known.company]


@step(V1, "companies.update_company")
def another_name(call: Call, journey: Journey) -> None:
    company = journey.known.company
    nameless = shared.CreateCompany(name="<>")
    call.refused(400, "a name without a letter", company_id=company, create_company=nameless)
    renamed = call(company_id=company, create_company=shared.CreateCompany(name="New Mill"))
    assert renamed.name == "New Mill"


@step(V1, "companies.get_company")
def by_its_name(call: Call, journey: Journey) -> None:
    assert call(company_id=journey.known.company).name == "New Mill"


@step(V1, "company_management.create_connection")
def connect(call: Call, journey: Journey) -> None:
    company = journey.known.company
    call.refused(400, "unknown platform", company_id=company, request_body="zzzz")
    made = call(company_id=company, request_body="mqjo")
    assert made.status == shared.DataConnectionStatus.PENDING_AUTH
    journey.known.books = made.id


@step(V1, "sync.request_sync")
def too_early(call: Call, journey: Journey) -> None:
    call.refused(400, "not linked", company_id=journey.known.company)


@step(V1, "connections.get_connection")
def authorised(call: Call, journey: Journey) -> None:
    # No method of this client authorises: the merchant does, by following the link, or the partner for them.
    path = f"/companies/{journey.known.company}/connections/{journey.known.books}"
    journey.api.put(f"{path}/authorization", {})
    assert call(**books(journey)).status == shared.DataConnectionStatus.LINKED


@step(V1, "company_management.list_connections")
def both_are_linked(call: Call, journey: Journey) -> None:
    company = journey.known.company
    call.refused(400, "malformed query", company_id=company, query=BAD_QUERY)
    found = call(company_id=company)
    assert {each.status for each in found.results} == {shared.DataConnectionStatus.LINKED}
    assert call(company_id=company, query="status=Unlinked").total_results == 0


@step(V1, "sync_flow_preferences.get_sync_flow_url")
def where_the_merchant_goes(call: Call, journey: Journey) -> None:
    flow = {"commerce_key": "lqai", "accounting_key": "mqjo"}
    call.refused(400, "identifier of 300 characters", **flow, merchant_identifier="x" * 300)
    assert call(**flow, merchant_identifier=journey.known.company).url.startswith("http")


@step(V1, "sync_flow_preferences.get_config_text_sync_flow")
def the_texts(call: Call, journey: Journey) -> None:
    texts = call(locale=shared.Locale.EN_US)
    assert all(each.text is not None for each in texts.values())
    journey.known.text = min(texts)


@step(V1, "sync_flow_preferences.update_config_text_sync_flow")
def other_words(call: Call, journey: Journey) -> None:
    locale, key = shared.Locale.FR_FR, journey.known.text
    unknown = {"no such text": shared.Localization(text="x")}
    call.refused(400, "unknown key", locale=locale, request_body=unknown)
    mine = {key: shared.Localization(text="Où sont vos livres ?")}
    assert call(locale=locale, request_body=mine)[key].text == "Où sont vos livres ?"


@step(V1, "sync_flow_preferences.get_visible_accounts")
def all_accounts_are_seen(call: Call, journey: Journey) -> None:
    assert len(call(client_id=journey.client_id, platform_key="mqjo").visible_accounts) > 9


@step(V1, "sync_flow_preferences.update_visible_accounts_sync_flow")
def fewer_accounts_are_seen(call: Call, _: Journey) -> None:
    unknown = shared.VisibleAccounts(visible_accounts=["no such account"])
    call.refused(400, "unknown account", platform_key="mqjo", visible_accounts=unknown)
    fewest = call(platform_key="mqjo", visible_accounts=shared.VisibleAccounts(visible_accounts=[]))
    assert len(fewest.visible_accounts) == 9
    # Left out, this client writes null: everything again.
    everything = call(platform_key="mqjo", visible_accounts=shared.VisibleAccounts())
    assert len(everything.visible_accounts) > 9


@step(V1, "sync.request_sync")
def not_configured(call: Call, journey: Journey) -> None:
    call.refused(400, "not configured", company_id=journey.known.company)


@step(V1, "sync.request_sync_for_date_range")
def not_configured_either(call: Call, journey: Journey) -> None:
    dates = shared.SyncRange(date_range=shared.SyncRangeDateRange(start=DAY, finish=NEXT_DAY))
    call.refused(400, "not configured", company_id=journey.known.company, sync_range=dates)


@step(V1, "configuration.get_configuration")
def what_can_be_chosen(call: Call, journey: Journey) -> None:
    company = journey.known.company
    assert call(company_id=company).sales.accounts["sales"].account_options
    journey.known.datasets = journey.push(company, RECORDS)
    path = f"/config/companies/{company}/sync/commerce"
    journey.api.post(path, selection(journey.api.get(path), CHOICES))
    assert call(company_id=company).sales.accounts["sales"].selected_account_id


@step(V1, "configuration.set_configuration")
def save_without_a_body(call: Call, journey: Journey) -> None:
    # The client has no parameter for a body: the request says nothing, and changes nothing.
    path = f"/config/companies/{journey.known.company}/sync/commerce"
    before = journey.api.get(path)
    assert call(company_id=journey.known.company).sales.accounts["sales"].selected_account_id
    assert journey.api.get(path) == before


@step(V1, "sync.request_sync")
def a_sync(call: Call, journey: Journey) -> None:
    company = journey.known.company
    unreadable = shared.SyncToLatestArgs(sync_to="the second of March")
    call.refused(400, "not a date", company_id=company, sync_to_latest_args=unreadable)
    begun = call(company_id=company, sync_to_latest_args=shared.SyncToLatestArgs(sync_to=NEXT_DAY))
    assert begun.commerce_sync_id
    call(company_id=company)


@step(V1, "sync.request_sync_for_date_range")
def a_sync_of_the_past(call: Call, journey: Journey) -> None:
    company = journey.known.company
    backwards = shared.SyncRange(date_range=shared.SyncRangeDateRange(start=NEXT_DAY, finish=DAY))
    call.refused(400, "a range that ends before it starts", company_id=company, sync_range=backwards)
    dates = shared.SyncRange(date_range=shared.SyncRangeDateRange(start=DAY, finish=NEXT_DAY))
    call(company_id=company, sync_range=dates)


@step(V1, "sync.get_sync_status")
def how_it_went(call: Call, journey: Journey) -> None:
    ended = journey.wait_for_syncs(journey.known.company)
    assert [each["syncStatusCode"] for each in ended] == [2040, 2040, 2000]
    assert call(company_id=journey.known.company).company_id == journey.known.company
