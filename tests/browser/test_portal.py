"""Sync Health: a support agent finds why a merchant's day is missing, and has it tried again."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local import admin, deploy
from local.api_client import Client
from local.settings import LocalStack
from tests.browser.merchants import Cafe, fail_cafe, mend, open_cafe
from tests.browser.partner import posted

WIDE, PHONE = 1200, 360


@pytest.fixture(scope="module")
def own(stack: LocalStack, deployed: dict[str, Any]) -> Client:
    """A partner whose portal shows these tests' merchants alone."""
    target = admin.Target(deploy.session(), stack.endpoint, deployed["tableName"], deployed["usagePlanId"])
    made = admin.create_client(target, "Till and Table")
    return Client(deployed["apiUrl"].rstrip("/"), made.api_key)


@pytest.fixture(scope="module")
def cafe(own: Client) -> Cafe:
    return open_cafe(own)


@pytest.fixture(scope="module")
def failed(own: Client) -> Cafe:
    return fail_cafe(own, "Harbour Bakery")


def sign_in(visit: Any, client: Client, locale: str = "en-us", **how: Any) -> Any:
    visitor = visit(locale, **how)
    visitor.go(client.post("/portal/links", {"locale": locale})["url"])
    expect(visitor.page).to_have_url(f"{client.url}/portal/dashboard")
    return visitor


def find(page: Page, text: str) -> None:
    page.locator("#q").fill(text)
    page.locator("#q").press("Enter")


@pytest.mark.parametrize(("locale", "width"), [("en-us", WIDE), ("fr-fr", WIDE), ("en-us", PHONE)], ids=str)
def test_every_page_of_the_portal(
    visit: Any, own: Client, cafe: Cafe, failed: Cafe, locale: str, width: int
) -> None:
    visitor = sign_in(visit, own, locale, width=width)
    visitor.see("portal-dashboard")
    syncs = "/portal/companies/{}/syncs/{}"
    pages = {
        "portal-failing": "/portal/failing",
        "portal-syncs": "/portal/syncs",
        "portal-companies": "/portal/companies",
        "portal-company": f"/portal/companies/{cafe.company_id}",
        "portal-company-failing": f"/portal/companies/{failed.company_id}",
        "portal-sync": syncs.format(cafe.company_id, cafe.sync_id),
        "portal-sync-failed": syncs.format(failed.company_id, failed.sync_id),
        "portal-nothing-found": "/portal/companies?q=nobody",
        "portal-wrong-dates": "/portal/syncs?from=2026-02-30",
        "portal-books": f"/portal/companies/{cafe.company_id}/books",
    }
    for name, path in pages.items():
        assert visitor.go(f"{own.url}{path}") in (200, 422), name
        visitor.see(name)


def test_from_a_failure_to_its_cause_and_a_retry(visit: Any, own: Client, words: Any) -> None:
    failed = fail_cafe(own, "Quay Bakery")
    visitor = sign_in(visit, own)
    text, page = words["en-us"], visitor.page
    page.get_by_role("link", name=failed.name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(failed.name)
    page.get_by_role("link", name=text["portal.company.why"]).click()
    expect(page.locator(".cause .message")).to_be_visible()
    mend(failed)
    before = page.url
    page.get_by_role("button", name=text["portal.sync.retry"]).click()
    # The new sync's page tells how far it is until it is over, without being asked.
    expect(page).not_to_have_url(before)
    visitor.see("portal-sync-retried")
    expect(page.get_by_role("heading", name=text["portal.tie-out.title"])).to_be_visible()
    expect(page.get_by_text(text["portal.tie-out.agrees"]).first).to_be_visible()
    assert posted(failed.merchant)["Card clearing"] == failed.trade.card


def test_search_by_name_company_id_and_sync_id(visit: Any, own: Client, cafe: Cafe, failed: Cafe) -> None:
    visitor = sign_in(visit, own)
    page = visitor.page
    find(page, failed.name[:7].lower())
    expect(page.get_by_role("link", name=failed.name)).to_be_visible()
    assert not page.get_by_role("link", name=cafe.name).count()
    for text, path in (
        (cafe.company_id, f"/portal/companies/{cafe.company_id}"),
        (cafe.sync_id, f"/portal/companies/{cafe.company_id}/syncs/{cafe.sync_id}"),
    ):
        find(page, text)
        expect(page).to_have_url(f"{own.url}{path}")


def test_syncs_are_filtered_and_kept_as_a_file(
    visit: Any, own: Client, words: Any, cafe: Cafe, failed: Cafe
) -> None:
    visitor = sign_in(visit, own)
    visitor.go(f"{own.url}/portal/syncs")
    with visitor.page.expect_download() as saving:
        visitor.page.get_by_role("link", name=words["en-us"]["portal.export.link"]).click()
    rows = list(csv.reader(io.StringIO(saving.value.path().read_text(encoding="utf-8-sig"))))
    told = str(rows)
    assert cafe.sync_id in told
    assert failed.sync_id in told


def test_a_documents_records_are_found_below_it(visit: Any, own: Client, words: Any, cafe: Cafe) -> None:
    visitor = sign_in(visit, own)
    visitor.go(f"{own.url}/portal/companies/{cafe.company_id}/syncs/{cafe.sync_id}")
    section = visitor.page.get_by_role("region", name=words["en-us"]["portal.documents.caption"])
    section.get_by_role("rowheader").get_by_role("link").first.click()
    expect(visitor.page).to_have_url(re.compile("/documents/"))
    visitor.see("portal-document")
    visitor.page.get_by_role("link", name=words["en-us"]["portal.lines.records-of"].format(number=1)).click()
    expect(visitor.page.get_by_role("main")).to_contain_text("order-1")
    visitor.see("portal-records")


def test_the_portal_is_left(visit: Any, own: Client, words: Any, cafe: Cafe) -> None:
    visitor = sign_in(visit, own)
    visitor.page.get_by_role("button", name=words["en-us"]["portal.sign-out"]).click()
    visitor.see("portal-signed-out")
    assert visitor.go(f"{own.url}/portal/companies/{cafe.company_id}") == 401
