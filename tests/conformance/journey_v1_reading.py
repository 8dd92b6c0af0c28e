"""The journey with the v1 client goes on: reading back what was pushed and what is in the books."""

from __future__ import annotations

from codatsynccommerce.models import shared

from tests.conformance.calls import Call
from tests.conformance.published import V1
from tests.conformance.steps import BAD_QUERY, Journey, books, shop, step
from tests.conformance.trade import RECORDS


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
