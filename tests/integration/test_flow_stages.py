"""The stages of the flow over HTTP: what they offer, propose and refuse, and that nothing is lost."""

from __future__ import annotations

import pytest

from daybook.services.configure import save_configuration
from daybook.services.connections import unlink
from tests.integration.page_calls import Page
from tests.integration.stage_world import STAGES, StageWorld, chosen, errors, is_suggested, options, summary
from tests.scenarios import shapes


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> StageWorld:
    return StageWorld(monkeypatch)


def at(page: Page) -> str:
    """The page of the flow this is."""
    return page.path.partition("?")[0].split("/", 3)[3]


def test_everything_as_proposed_is_a_set_up(world: StageWorld) -> None:
    preview = world.through()
    assert at(preview) == "preview"
    assert world.saved()["configured"] is True
    assert world.saved()["enabled"] is False, "nothing runs before the merchant says yes"
    done = world.press(preview, "/preview")
    assert (at(done), done.status) == ("done", 200)
    saved = world.saved()
    assert saved["enabled"] is True
    assert saved["schedule"]["startDate"] == "2026-03-02T00:00:00Z"
    assert saved["schedule"]["timeZone"] == "Europe/London"
    assert saved["configuration"]["sales"]["accounts"]["sales"]["selectedAccountId"] == world.account("Sales")
    assert set(world.schedules) == {("Europe/London", 0)}
    assert at(world.enter(merchant="Harbour Cafe")) == "settings", "the next visit is for the settings"


def test_a_proposal_is_seen_as_one_and_a_choice_is_not(world: StageWorld) -> None:
    page = world.show("sales")
    assert chosen(page, "account-gratuity") == "2150 Tips payable"
    assert is_suggested(page, "account-gratuity")
    world.send("sales", account_gratuity=world.account("Other sales"))
    page = world.show("sales")
    assert chosen(page, "account-gratuity") == "4090 Other sales"
    assert not is_suggested(page, "account-gratuity")


def test_an_empty_choice_of_ones_own_stays_empty(world: StageWorld) -> None:
    world.send("sales", account_gratuity="")
    assert chosen(world.show("sales"), "account-gratuity") == ""


def test_only_accounts_that_can_be_used_are_offered(world: StageWorld) -> None:
    sales = options(world.show("sales"), "account-sales")
    assert "4000 Sales" in sales
    assert not {"1000 Bank current account", "1100 Accounts receivable"} & set(sales)
    assert sales[0] == "4000 Sales", "the likeliest kind comes first"
    card = options(world.show("payments"), "account-card")
    assert "1060 Card clearing" in card
    assert "4000 Sales" not in card
    world.archive("Card clearing")
    assert "1060 Card clearing" not in options(world.show("payments"), "account-card")


def test_what_is_missing_is_said_beside_its_field_and_above(world: StageWorld) -> None:
    page = world.send("sales", account_sales="", customer="", account_gratuity=world.account("Rounding"))
    assert page.status == 422
    assert errors(page) == {
        "account-sales": "Error: Choose an account for Sales.",
        "customer": "Error: Choose the customer that daily sales are written to.",
    }
    assert [field for field, _ in summary(page)] == ["account-sales", "customer"]
    assert "autofocus" in page.html.split('class="problems"')[1].split(">")[0]
    for field in errors(page):
        assert f"{field}-error" in page.html.split(f'<select id="{field}"')[1].split(">")[0]
    assert page.html.count('aria-invalid="true"') == 2
    assert "<title>Error: Sales" in page.html
    assert chosen(page, "account-gratuity") == "4900 Rounding", "nothing that was typed is lost"
    assert world.version() == 0
    assert at(world.submit(page, account_sales=world.account("Sales"), customer=customer(page))) == "fees"


def customer(page: Page) -> str:
    return page.html.split('<select id="customer"')[1].split('<option value="')[2].split('"')[0]


def test_accounts_archived_meanwhile_do_not_vanish(world: StageWorld) -> None:
    page = world.show("sales")
    world.archive("Sales")
    page = world.submit(page)
    assert page.status == 422
    assert "cannot be used any more" in errors(page)["account-sales"]
    assert chosen(page, "account-sales") == "Sales"


def test_a_half_finished_set_up_is_resumed(world: StageWorld) -> None:
    world.through("fees")
    assert world.version() == 0, "the configuration does not take it yet"
    assert at(world.enter(merchant="Harbour Cafe")) == "payments"
    assert chosen(world.show("fees"), "account-paymentFee") == "6300 Payment fees"
    assert not is_suggested(world.show("fees"), "account-paymentFee")


def test_sections_can_be_switched_off(world: StageWorld) -> None:
    world.send("sales")
    world.send("fees", sync="off")
    world.send("payments", sync="off", account_card="")
    page = world.send("schedule")
    assert at(page) == "preview"
    assert '<li class="skipped">' in page.html
    assert world.saved()["configuration"]["fees"]["syncFees"] is False


def test_fees_without_payments_are_refused_where_payments_are_asked(world: StageWorld) -> None:
    world.through("fees")
    page = world.send("payments", sync="off")
    assert page.status == 422
    assert "Fees can be written only together with payments" in errors(page)["sync"]
    page = world.send("payments")
    assert at(page) == "schedule"


def test_payouts_must_not_go_where_cards_wait(world: StageWorld) -> None:
    world.through("fees")
    page = world.send("payments", account_payout=world.account("Card clearing"))
    assert (page.status, list(errors(page))) == (422, ["account-payout"])


def test_drafts_take_no_payments(world: StageWorld) -> None:
    world.send("sales", status="Draft")
    world.send("fees")
    page = world.send("payments")
    assert "Draft invoices take no payments" in errors(page)["sync"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("start", ""), ("start", "soon"), ("zone", "Mars/Olympus"), ("hour", "24"), ("hour", "x")],
)
def test_a_schedule_must_be_one(world: StageWorld, field: str, value: str) -> None:
    world.through("payments")
    page = world.send("schedule", **{field: value})
    assert (page.status, list(errors(page))) == (422, [field])


def test_two_tabs_on_one_page(world: StageWorld) -> None:
    one, other = world.show("sales"), world.show("sales")
    assert at(world.submit(one, account_gratuity=world.account("Rounding"))) == "fees"
    stale = world.submit(other, account_gratuity=world.account("Other sales"))
    assert stale.status == 409
    assert chosen(stale, "account-gratuity") == "4090 Other sales", "what was typed stays"
    assert "Saved meanwhile: 4900 Rounding" in stale.text
    assert at(world.submit(stale)) == "fees"
    assert chosen(world.show("sales"), "account-gratuity") == "4090 Other sales"


def test_two_tabs_on_two_pages_do_not_disturb_each_other(world: StageWorld) -> None:
    world.start()
    sales, payments = world.show("sales"), world.show("payments")
    assert at(world.submit(sales, account_gratuity="")) == "settings"
    assert at(world.submit(payments, account_cash="")) == "settings"
    accounts = world.saved()["configuration"]
    assert accounts["sales"]["accounts"]["gratuity"]["selectedAccountId"] is None
    assert accounts["payments"]["accounts"]["cash"]["selectedAccountId"] is None


def test_a_save_by_the_partner_meanwhile_is_seen(world: StageWorld) -> None:
    world.start()
    page = world.show("fees")
    posted = {"configuration": {"fees": {"accounts": {"loan": {"selectedAccountId": ""}}}}}
    save_configuration(world.runtime, world.company(), posted)
    assert world.submit(page).status == 409


def test_an_account_is_made_on_the_spot(world: StageWorld) -> None:
    page = world.send(
        "sales",
        create="account-gratuity",
        new_name_account_gratuity="Staff tips",
        customer="",
        format="journal",
    )
    assert page.status == 200
    assert "It is in your books now" in page.text
    assert chosen(page, "account-gratuity") == "Staff tips"
    assert chosen(page, "customer") == "", "what else was typed stays as it was"
    assert 'value="journal" checked' in page.html
    assert errors(page) == {}, "nobody asked for the rest to be right yet"
    again = world.submit(page, create="account-gratuity", new_name_account_gratuity="staff TIPS")
    assert chosen(again, "account-gratuity") == "Staff tips", "there is one of the name"


def test_why_an_account_was_not_made(world: StageWorld) -> None:
    page = world.send("sales", create="account-gratuity", new_name_account_gratuity="Cash on hand")
    assert page.status == 422
    assert "cannot be used here" in errors(page)["new-name-account-gratuity"]
    page = world.submit(page, create="account-gratuity", new_name_account_gratuity="")
    assert errors(page) == {"new-name-account-gratuity": "Error: Enter a name for the account."}
    page = world.submit(
        page, create="account-gratuity", new_name_account_gratuity="Tips B", new_code_account_gratuity="4000"
    )
    assert 'There is an account "Sales" with the code 4000' in page.text
    assert page.html.count('<details class="create" open>') == 1


def test_a_customer_is_found_or_made_on_the_spot(world: StageWorld) -> None:
    page = world.send("sales", create="customer", new_customer="Passers-by")
    assert chosen(page, "customer") == "Passers-by"
    page = world.submit(page, create="customer", new_customer="daily sales")
    assert chosen(page, "customer") == "Daily sales"
    assert world.submit(page, create="customer", new_customer="").status == 422


def test_a_supplier_is_found_or_made_on_the_spot(world: StageWorld) -> None:
    world.send("sales")
    page = world.send("fees", create="supplier", new_supplier="Card Terminals Ltd", account_loan="")
    assert chosen(page, "supplier") == "Card Terminals Ltd"
    assert chosen(page, "account-loan") == ""
    page = world.submit(page, create="supplier", new_supplier=" ")
    assert (page.status, errors(page)) == (422, {"new-supplier": "Error: Enter a name."})


def test_taxes_of_the_merchants_own_records_are_asked_for(world: StageWorld) -> None:
    world.push([shapes.component("standard", "0.2"), shapes.component("exempt", "0")])
    page = world.show("sales")
    fields = [part.partition('"')[0] for part in page.html.split('<select id="taxes-')[1:]]
    assert [chosen(page, f"taxes-{field}") for field in fields] == ["Exempt", "Tax 20%"]
    assert all(is_suggested(page, f"taxes-{field}") for field in fields)
    assert at(world.submit(page)) == "fees"
    world.send("fees")
    world.send("payments")
    world.send("schedule")
    rows = world.saved()["configuration"]["sales"]["newTaxRates"]["taxRateMappings"]
    assert [row["selectedCommerceTaxRateIds"] for row in rows] == [["exempt"], ["standard"]]


def test_a_tax_in_use_must_be_placed(world: StageWorld) -> None:
    world.push([shapes.order("a", [shapes.line("11.50", "1.50", percent="15")], on=0)])
    page = world.show("sales")
    assert "15% tax" in page.text
    page = world.submit(page)
    assert (page.status, list(errors(page))) == (422, ["tax-15"])
    assert "you have sales with this tax" in errors(page)["tax-15"]


def test_categories_have_accounts_when_there_are_any(world: StageWorld) -> None:
    assert "account-sales-other" not in world.show("sales").html
    world.push([shapes.category("food")])
    page = world.show("sales")
    assert chosen(page, "account-sales-food") == "4010 Sales: Food"
    world.submit(page, by_category="yes", by_location="yes")
    for stage in STAGES[1:]:
        world.send(stage)
    levels = world.saved()["configuration"]["sales"]["grouping"]["groupingLevels"]
    assert levels["invoiceLevel"]["selectedGroupByOptions"] == ["Location"]
    assert levels["invoiceLineLevel"]["selectedGroupByOptions"] == ["ProductCategory"]


def test_rows_that_the_client_hides_are_not_shown_and_keep_what_they_have(world: StageWorld) -> None:
    world.start()
    world.hide_all_rows()
    page = world.show("sales")
    assert "account-gratuity" not in page.html
    assert "account-sales" in page.html
    assert "account-loan" not in world.show("fees").html
    world.submit(page)
    sales = world.saved()["configuration"]["sales"]["accounts"]
    assert sales["gratuity"]["selectedAccountId"] == world.account("Tips payable")


def test_a_client_that_hides_rows_hides_those_without_a_key_as_well(world: StageWorld) -> None:
    assert "account-shipping" in world.show("sales").html
    assert "account-dispute" in world.show("fees").html
    world.hide_all_rows()
    assert "account-shipping" not in world.show("sales").html
    assert "account-dispute" not in world.show("fees").html


def test_ways_of_paying_met_in_records_are_shown_though_hidden(world: StageWorld) -> None:
    world.push([shapes.order("a", [shapes.line("5")], [shapes.payment("p", "5", "Klarna", on=0)], on=0)])
    world.hide_all_rows()
    assert chosen(world.show("payments"), "account-klarna") == "1062 Klarna clearing"


def test_the_last_full_day_is_shown_before_the_yes(world: StageWorld) -> None:
    sold = shapes.order("a", [shapes.line("12", "2", percent="20")], [shapes.payment("p", "12", on=0)], on=0)
    world.push([sold])
    page = world.through()
    assert "Mar 1, 2026" in page.text.replace("\u00a0", " ")
    assert "Sales invoice" in page.text
    assert "Payment received" in page.text
    for name in ("1100 Accounts receivable", "4000 Sales", "2200 Tax 20% payable", "1060 Card clearing"):
        assert name in page.text
    assert '<td class="amount">12.00</td>' in page.html
    assert world.runtime.days.posted(world.id, shapes.day(0)).revision == 0, "nothing is written"


def test_a_day_that_would_not_be_written_says_why(world: StageWorld) -> None:
    world.push([shapes.order("a", [shapes.line("5")], [shapes.payment("p", "5", "Cheque", on=0)], on=0)])
    world.through("fees")
    world.send("payments", account_cheque="")
    page = world.send("schedule")
    assert "This day would not be written as things are" in page.text
    assert "heque" in page.text


def test_preview_waits_for_the_stages(world: StageWorld) -> None:
    assert at(world.show("preview")) == "sales"
    world.send("sales")
    assert at(world.show("preview")) == "fees"
    assert at(world.show("done")) == "fees"


def test_the_way_out_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = StageWorld(monkeypatch, redirect="https://till.example/back?a=1")
    preview = world.through()
    assert "form-action 'self' https://till.example" in preview.headers["Content-Security-Policy"]
    out = world.press(preview, "/preview")
    assert (out.status, out.headers["Location"]) == (303, "https://till.example/back?a=1")


def test_a_form_of_another_site_is_refused(world: StageWorld) -> None:
    page = world.show("sales")
    assert world.submit(page, csrf="x").status == 403
    assert world.browser.post(f"/flow/{world.id}/sales", [], {"Sec-Fetch-Site": "cross-site"}).status == 403
    assert world.version() == 0


def test_a_form_that_holds_too_much_is_refused(world: StageWorld) -> None:
    assert world.send("sales", account_gratuity="x" * 501).status == 400
    page = world.send("sales", account_gratuity="x" * 500, format="nonsense", status="<b>", period="\0")
    assert page.status == 422
    assert set(errors(page)) == {"account-gratuity", "status", "period"}


def test_books_that_were_unlinked_are_linked_first(world: StageWorld) -> None:
    unlink(world.runtime, world.books())
    assert at(world.show("sales")) == "accounting"


def test_going_back_and_reloading_is_safe(world: StageWorld) -> None:
    page = world.through("fees")
    assert world.show("fees").status == 200
    assert at(world.send("fees")) == "payments"
    assert at(world.send("fees")) == "payments"
    assert at(page) == "payments"


def test_french(monkeypatch: pytest.MonkeyPatch) -> None:
    world = StageWorld(monkeypatch, locale="fr-fr")
    page = world.send("sales", account_sales="")
    assert page.status == 422
    assert "Choisissez un compte pour" in errors(page)["account-sales"]
    assert page.headers["Content-Language"] == "fr"
    for stage in STAGES:
        page = world.send(stage)
    assert "Oui, démarrer" in page.text
    assert "configure-" not in page.text
