"""A partner's journey with the v1 client. What no method does is done with plain calls."""

from __future__ import annotations

from typing import Any

from codatsynccommerce.models import shared

from local.api_client import wait_until
from local.merchant import selection
from tests.conformance.calls import Call
from tests.conformance.published import V1
from tests.conformance.steps import Journey, step
from tests.conformance.trade import CHOICES, DAY, NEXT_DAY, RECORDS

BAD_QUERY = "name ? shop"
UNLINKED = shared.UpdateConnection(status=shared.DataConnectionStatus.UNLINKED)
LINKED = shared.UpdateConnection(status=shared.DataConnectionStatus.LINKED)


def books(journey: Journey) -> dict[str, str]:
    """The accounting connection, as fields of a request."""
    return {"company_id": journey.known.company, "connection_id": journey.known.books}


def shop(journey: Journey) -> dict[str, str]:
    """The commerce connection, as fields of a request."""
    return {"company_id": journey.known.company, "connection_id": journey.known.shop}


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


def reads_back(data_type: str, listed: str, single: str, key: str, identifier: str) -> None:
    """Two steps for records of a type: the list of them, and one by its identifier."""
    paged = data_type != "locations"

    @step(V1, f"commerce_{listed}")
    def all_of_them(call: Call, journey: Journey) -> None:
        if paged:
            call.refused(400, "malformed query", **shop(journey), query=BAD_QUERY)
        assert len(call(**shop(journey)).results) == len(RECORDS[data_type])
        if paged:
            assert len(call(**shop(journey), query=f"id={identifier}").results) == 1

    @step(V1, f"commerce_{single}")
    def one_of_them(call: Call, journey: Journey) -> None:
        assert call(**shop(journey), **{key: identifier}).id == identifier


for each in (
    ("customers", "customers.list_commerce_customers", "customers.get_commerce_customer", "customer_id"),
    ("locations", "locations.list_commerce_locations", "locations.get_commerce_location", "location_id"),
    ("orders", "orders.list_commerce_orders", "orders.get_commerce_order", "order_id"),
    ("payments", "payments.list_commerce_payments", "payments.get_commerce_payment", "payment_id"),
    ("paymentMethods", "payments.list_methods", "payments.get_method", "payment_method_id"),
    ("products", "products.list_commerce_products", "products.get_commerce_product", "product_id"),
    (
        "transactions",
        "transactions.list_commerce_transactions",
        "transactions.get_commerce_transaction",
        "transaction_id",
    ),
):
    reads_back(*each, str(RECORDS[each[0]][-1]["id"]))


@step(V1, "commerce_company_info.get_commerce_company_info")
def the_shop(call: Call, journey: Journey) -> None:
    assert call(**shop(journey)).company_name


@step(V1, "accounting_accounts.list_accounting_accounts")
def the_accounts(call: Call, journey: Journey) -> None:
    company = journey.known.company
    call.refused(400, "malformed query", company_id=company, query=BAD_QUERY)
    found = call(company_id=company, query="name=Sales")
    assert [each.name for each in found.results] == ["Sales"]
    journey.known.sales = found.results[0].id
    bank = journey.api.get(f"/companies/{company}/data/accounts", query="name=Card clearing")
    journey.known.bank = bank["results"][0]["id"]


@step(V1, "accounting_accounts.get_accounting_account")
def one_account(call: Call, journey: Journey) -> None:
    assert call(company_id=journey.known.company, account_id=journey.known.sales).name == "Sales"


@step(V1, "accounting_accounts.create_accounting_account")
def another_account(call: Call, journey: Journey) -> None:
    nameless = shared.AccountPrototype(name="", type=shared.AccountType.EXPENSE)
    call.refused(400, "a name of no letters", **books(journey), account_prototype=nameless)
    account = shared.AccountPrototype(name="Mugs", nominal_code="7777", type=shared.AccountType.EXPENSE)
    made = call(**books(journey), account_prototype=account, timeout_in_minutes=5)
    assert made.status in (shared.PushOperationStatus.SUCCESS, shared.PushOperationStatus.PENDING)
    journey.known.push = made.push_operation_key


@step(V1, "accounting_bank_accounts.list_accounting_bank_accounts")
def the_bank_accounts(call: Call, journey: Journey) -> None:
    call.refused(400, "malformed query", **books(journey), query=BAD_QUERY)
    found = call(**books(journey))
    assert found.results
    journey.known.bank_account = found.results[0].id


@step(V1, "accounting_bank_accounts.get_accounting_bank_account")
def one_bank_account(call: Call, journey: Journey) -> None:
    identifier = journey.known.bank_account
    assert call(**books(journey), account_id=identifier).id == identifier


@step(V1, "accounting_company_info.get_accounting_company_info")
def the_company_in_its_books(call: Call, journey: Journey) -> None:
    assert call(company_id=journey.known.company).company_name


@step(V1, "accounting_company_info.refresh")
def the_company_anew(call: Call, journey: Journey) -> None:
    assert call(company_id=journey.known.company).company_id == journey.known.company


@step(V1, "refresh_data.all")
def all_anew(call: Call, journey: Journey) -> None:
    call(company_id=journey.known.company)


@step(V1, "refresh_data.by_data_type")
def accounts_anew(call: Call, journey: Journey) -> None:
    kind = shared.SchemaDataType.CHART_OF_ACCOUNTS
    assert call(company_id=journey.known.company, data_type=kind).data_type == kind.value


@step(V1, "refresh_data.get_company_data_status")
def what_is_known(call: Call, journey: Journey) -> None:
    found = call(company_id=journey.known.company)
    assert {"chartOfAccounts", "commerce-orders"} <= set(found)


@step(V1, "refresh_data.list_pull_operations")
def what_was_brought(call: Call, journey: Journey) -> None:
    company = journey.known.company
    call.refused(400, "malformed query", company_id=company, query=BAD_QUERY)
    found = call(company_id=company)
    assert set(journey.known.datasets.values()) <= {each.id for each in found.results}


@step(V1, "refresh_data.get_pull_operation")
def one_that_was_brought(call: Call, journey: Journey) -> None:
    found = call(company_id=journey.known.company, dataset_id=journey.known.datasets["orders"])
    assert found.is_completed
    assert found.status == shared.PullOperationStatus.COMPLETE


@step(V1, "push_data.list_operations")
def what_was_written(call: Call, journey: Journey) -> None:
    company = journey.known.company
    call.refused(400, "malformed query", company_id=company, query=BAD_QUERY)
    kinds = {each.data_type for each in call(company_id=company).results}
    assert {shared.DataType.CHART_OF_ACCOUNTS, shared.DataType.INVOICES} <= kinds


@step(V1, "push_data.get_operation")
def one_that_was_written(call: Call, journey: Journey) -> None:
    found = call(company_id=journey.known.company, push_operation_key=journey.known.push)
    assert found.status == shared.PushOperationStatus.SUCCESS


def line(journey: Journey) -> dict[str, Any]:
    """A line of 20.00 on the account for sales."""
    account = {"id": journey.known.sales}
    return {"quantity": 2, "unitAmount": 10, "subTotal": 20, "totalAmount": 20, "accountRef": account}


def written(journey: Journey, push: Any) -> Any:
    """Wait until what was pushed is in the books; its record's identifier there."""
    assert push.push_operation_key
    path = f"/companies/{journey.known.company}/push/{push.push_operation_key}"

    def ended() -> Any:
        held = journey.api.get(path)
        return held if held["status"] != "Pending" else None

    held = wait_until(ended, "a pushed document")
    assert held["status"] == "Success", held
    return held["changes"][0]["recordRef"]["id"]


@step(V1, "accounting_customers.create_accounting_customer")
def a_customer(call: Call, journey: Journey) -> None:
    nameless = shared.AccountingCustomer.from_dict({"status": "Active", "customerName": ""})
    call.refused(400, "a name of no letters", **books(journey), accounting_customer=nameless)
    customer = {"status": "Active", "customerName": "The Mill's Friends", "emailAddress": "m@example.org"}
    made = call(**books(journey), accounting_customer=shared.AccountingCustomer.from_dict(customer))
    journey.known.customer = written(journey, made)


@step(V1, "accounting_invoices.create_accounting_invoice")
def an_invoice(call: Call, journey: Journey) -> None:
    invoice = {
        "amountDue": 20,
        "issueDate": DAY,
        "status": "Submitted",
        "totalAmount": 20,
        "totalTaxAmount": 0,
        "subTotal": 20,
        "currency": "GBP",
        "customerRef": {"id": journey.known.customer},
        "invoiceNumber": "M-1",
        "lineItems": [line(journey)],
    }
    undated = shared.AccountingInvoice.from_dict({**invoice, "issueDate": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_invoice=undated)
    made = call(**books(journey), accounting_invoice=shared.AccountingInvoice.from_dict(invoice))
    journey.known.invoice = written(journey, made)


@step(V1, "accounting_credit_notes.create_accounting_credit_note")
def a_credit_note(call: Call, journey: Journey) -> None:
    credit = {
        "discountPercentage": 0,
        "remainingCredit": 20,
        "status": "Submitted",
        "subTotal": 20,
        "totalAmount": 20,
        "totalDiscount": 0,
        "totalTaxAmount": 0,
        "currency": "GBP",
        "issueDate": DAY,
        "customerRef": {"id": journey.known.customer},
        "lineItems": [line(journey)],
    }
    undated = shared.AccountingCreditNote.from_dict({**credit, "issueDate": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_credit_note=undated)
    made = call(**books(journey), accounting_credit_note=shared.AccountingCreditNote.from_dict(credit))
    written(journey, made)


@step(V1, "accounting_direct_incomes.create_accounting_direct_income")
def a_direct_income(call: Call, journey: Journey) -> None:
    allocation = {
        "allocation": {"totalAmount": 20},
        "payment": {"accountRef": {"id": journey.known.bank}, "totalAmount": 20},
    }
    income = {
        "currency": "GBP",
        "issueDate": DAY,
        "lineItems": [line(journey)],
        "paymentAllocations": [allocation],
        "subTotal": 20,
        "taxAmount": 0,
        "totalAmount": 20,
    }
    undated = shared.AccountingDirectIncome.from_dict({**income, "issueDate": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_direct_income=undated)
    made = call(**books(journey), accounting_direct_income=shared.AccountingDirectIncome.from_dict(income))
    written(journey, made)


@step(V1, "accounting_journal_entries.create_accounting_journal_entry")
def a_journal_entry(call: Call, journey: Journey) -> None:
    def lines(*amounts: int) -> list[dict[str, Any]]:
        accounts = (journey.known.bank, journey.known.sales)
        return [
            {"netAmount": amount, "currency": "GBP", "accountRef": {"id": account}}
            for account, amount in zip(accounts, amounts, strict=True)
        ]

    uneven = {"postedOn": DAY, "description": "Uneven", "journalLines": lines(20, -19)}
    bad = shared.AccountingJournalEntry.from_dict(uneven)
    call.refused(400, "lines that do not balance", **books(journey), accounting_journal_entry=bad)
    entry = {**uneven, "description": "Even", "journalLines": lines(20, -20)}
    made = call(**books(journey), accounting_journal_entry=shared.AccountingJournalEntry.from_dict(entry))
    written(journey, made)


@step(V1, "accounting_payments.create_accounting_payment")
def a_payment(call: Call, journey: Journey) -> None:
    paid = {
        "date": DAY,
        "totalAmount": 20,
        "currency": "GBP",
        "customerRef": {"id": journey.known.customer},
        "accountRef": {"id": journey.known.bank},
        "lines": [
            {
                "amount": 20,
                "allocatedOnDate": DAY,
                "links": [{"type": "Invoice", "id": journey.known.invoice, "amount": -20}],
            }
        ],
    }
    undated = shared.AccountingPayment.from_dict({**paid, "date": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_payment=undated)
    made = call(**books(journey), accounting_payment=shared.AccountingPayment.from_dict(paid))
    written(journey, made)


@step(V1, "connections.unlink")
def unlink(call: Call, journey: Journey) -> None:
    call.refused(400, "a status nobody can ask for", **books(journey), update_connection=LINKED)
    found = call(**books(journey), update_connection=UNLINKED)
    assert found.status == shared.DataConnectionStatus.UNLINKED


@step(V1, "connections.get_connection")
def link_again(call: Call, journey: Journey) -> None:
    path = f"/companies/{journey.known.company}/connections/{journey.known.books}"
    journey.api.put(f"{path}/authorization", {})
    assert call(**books(journey)).status == shared.DataConnectionStatus.LINKED


@step(V1, "company_management.update_connection")
def unlink_in_the_other_spelling(call: Call, journey: Journey) -> None:
    call.refused(400, "a status nobody can ask for", **books(journey), update_connection=LINKED)
    found = call(**books(journey), update_connection=UNLINKED)
    assert found.status == shared.DataConnectionStatus.UNLINKED


@step(V1, "connections.delete_connection")
def no_more_books(call: Call, journey: Journey) -> None:
    call(**books(journey))
    call.refused(404, "deleted connection", **books(journey))


@step(V1, "companies.delete_company")
def no_more_merchant(call: Call, journey: Journey) -> None:
    call(company_id=journey.known.company)
    call.refused(404, "deleted company", company_id=journey.known.company)
