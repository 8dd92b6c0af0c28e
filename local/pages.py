"""`make pages`: links into what people see, on the stack that runs. Standard library only."""

from __future__ import annotations

from typing import Any

from local.api_client import Client
from local.settings import local_stack
from local.steps import say, stop_with

NEW_MERCHANT = "a-new-shop"
SALES, BOOKS = "Commerce", "Accounting"


def links(client: Client) -> list[tuple[str, str]]:
    """Give what each link shows, and the link; a new merchant is made once."""

    def flow(commerce_key: str, accounting_key: str, merchant: str) -> str:
        path = f"/config/sync/commerce/{commerce_key}/{accounting_key}/start"
        return str(client.get(path, merchantIdentifier=merchant)["url"])

    newest = client.get("/companies", orderBy="-created", pageSize=100)["results"]
    found = [("a new merchant sets up", flow("lqai", "choose", NEW_MERCHANT))]
    settled = next((each for each in newest if linked_keys(each).keys() >= {SALES, BOOKS}), None)
    if settled:
        keys = linked_keys(settled)
        title = f"the settings of {settled['name']}, the newest merchant with books"
        found.append((title, flow(keys[SALES], keys[BOOKS], settled["id"])))
    return [*found, ("Sync Health, for support", str(client.post("/portal/links", {})["url"]))]


def linked_keys(company: dict[str, Any]) -> dict[str, str]:
    """Give the keys of the platforms that a company is linked to, by what they are to it."""
    connections = company["dataConnections"]
    return {each["sourceType"]: each["integrationKey"] for each in connections if each["status"] == "Linked"}


def main() -> None:
    """Print them."""
    description = local_stack().description
    if not description.exists():
        stop_with("nothing runs here yet: make run")
    say("Each link works once, within 30 seconds; make pages again gives others.")
    for title, url in links(Client.of_stack(description)):
        say(f"\n  {title}\n  {url}")


if __name__ == "__main__":
    main()
