"""`make pages`: links into what people see, on the stack that runs. Standard library only."""

from __future__ import annotations

from local.api_client import Client
from local.settings import local_stack
from local.steps import say, stop_with

NEW_MERCHANT = "a-new-shop"


def links(client: Client) -> list[tuple[str, str]]:
    """Give what each link shows, and the link; a merchant is made where the demo made none."""

    def flow(accounting_key: str, merchant: str) -> str:
        path = f"/config/sync/commerce/lqai/{accounting_key}/start"
        return str(client.get(path, merchantIdentifier=merchant)["url"])

    newest = client.get("/companies", orderBy="-created", pageSize=1)["results"]
    settled = [("the settings of the demo's merchant", flow("mqjo", newest[0]["id"]))] if newest else []
    return [
        ("a new merchant sets up", flow("choose", NEW_MERCHANT)),
        *settled,
        ("Sync Health, for support", str(client.post("/portal/links", {})["url"])),
    ]


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
