"""`python -m local.live xero|quickbooks|freeagent`: a smoke test of the real platform, on your sandbox.

It refreshes the token, reads the reference data, writes an invoice and a journal over a penny or two, dated
today and with numbers of their own, finds both again and says what to delete afterwards. Credentials come
from the environment, XERO_CLIENT_ID and so on; the refresh token that replaces yours is kept in .local/live.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from daybook import platforms
from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformError
from daybook.domain.ledger import ACTIVE, ReferenceData, Written
from daybook.platforms import Access
from daybook.platforms.access import Credentials
from daybook.platforms.interface import Platform
from daybook.platforms.oauth import OAuth, refresh
from daybook.platforms.xero import client as xero_client
from local.settings import ROOT

KEYS = {"xero": "gbol", "quickbooks": "qhyg", "freeagent": "fbrh"}
NEEDED = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "TENANT")
# Where sandboxes answer; Xero has none, but a Demo Company.
_FREEAGENT = "https://api.sandbox.freeagent.com"
SANDBOXES: Mapping[str, Mapping[str, str]] = {
    "xero": {},
    "quickbooks": {"api": "https://sandbox-quickbooks.api.intuit.com"},
    "freeagent": {
        "api": _FREEAGENT,
        "authorise": f"{_FREEAGENT}/v2/approve_app",
        "token": f"{_FREEAGENT}/v2/token_endpoint",
    },
}
_HERE = "127.0.0.1"
_PENNY = Decimal("0.01")


@dataclass
class LiveTokens:
    """Access tokens for one run (`platforms.access.Tokens`); the newest refresh token is in a file."""

    settings: OAuth
    credentials: Credentials
    given: str = field(repr=False)
    file: Path
    _access: str = field(default="", repr=False)

    def access(self) -> str:
        """A token for the next call."""
        return self._access or self.renewed("")

    def renewed(self, refused: str) -> str:  # noqa: ARG002 - whichever it was, the next is fetched
        """The next token; what replaces the refresh token is kept before it is used."""
        pair = refresh(self.settings, self.credentials, self._newest())
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.touch(mode=0o600)
        self.file.write_text(json.dumps({"given": _digest(self.given), "refresh": pair.refresh}))
        self._access = pair.access
        return pair.access

    def _newest(self) -> str:
        """What replaced the token that was given, or that one itself."""
        kept = json.loads(self.file.read_text()) if self.file.exists() else {}
        return str(kept["refresh"]) if kept.get("given") == _digest(self.given) else self.given


class Unhurried:
    """No pace (`platforms.access.Pace`): there are a dozen calls."""

    def before_call(self) -> None:
        """Go on."""

    def blocked_for(self, seconds: int) -> None:
        """Stop: a person waits."""
        sys.exit(f"daybook: the platform takes no calls for {seconds} seconds")


def main() -> None:
    """Run it, or say what is missing."""
    parser = argparse.ArgumentParser(prog="python -m local.live", description=__doc__)
    parser.add_argument("platform", choices=sorted(KEYS))
    name = parser.parse_args().platform
    missing = [f"{name.upper()}_{each}" for each in NEEDED if not os.environ.get(f"{name.upper()}_{each}")]
    if missing:
        sys.exit(f"daybook: set {', '.join(missing)} (docs/platforms/{name}.md)")
    try:
        smoke(name)
    except PlatformError as error:
        sys.exit(f"daybook: {error}")


def smoke(name: str) -> None:
    """Refresh, read, write, find again. Raises PlatformError, and SystemExit where it must not go on."""
    access = _access(name)
    if not _is_for_trying_out(name, access):
        sys.exit("daybook: this does not look like a sandbox company: nothing was written (docs/platforms)")
    platform = platforms.connect(KEYS[name], access)
    data = platform.reference_data(fresh=True)
    company = data.company
    print(f"read     {company.name}: {company.base_currency}, {company.country}, {company.time_zone}")
    print(f"         {len(data.accounts)} accounts, {len(data.tax_rates)} tax rates", end="")
    print(f", {len(data.customers)} customers, locked to {company.lock_date or 'no day'}")
    today, mark = datetime.now(UTC).date(), f"SMOKE-{time.time_ns() // 1_000_000:x}"
    if company.lock_date and company.lock_date >= today:
        sys.exit("daybook: its books are locked today: nothing was written")
    for document in (_invoice(data, f"{mark}-I", today), _journal(data, f"{mark}-J", today)):
        _write(platform, document)
    print(f"done     delete {mark}-I and {mark}-J there when you have looked at them")


def _access(name: str) -> Access:
    """What it takes to reach the company named in the environment."""
    given = {each: os.environ[f"{name.upper()}_{each}"] for each in NEEDED}
    urls = {**SANDBOXES[name], **json.loads(os.environ.get(f"{name.upper()}_URLS", "{}"))}
    credentials = Credentials(given["CLIENT_ID"], given["CLIENT_SECRET"], urls)
    folder = Path(os.environ.get("DAYBOOK_LIVE_FOLDER", ROOT / ".local" / "live"))
    settings = platforms.authorised(KEYS[name]).OAUTH
    tokens = LiveTokens(settings, credentials, given["REFRESH_TOKEN"], folder / f"{name}.json")
    tokens.access()
    print(f"token    refreshed; the next refresh token is in {tokens.file}")
    return Access(
        "live", "live", tokens=tokens, pace=Unhurried(), tenant=given["TENANT"], url=urls.get("api", "")
    )


def _is_for_trying_out(name: str, access: Access) -> bool:
    """Whether nobody keeps books there: a sandbox's host, a Demo Company, or this machine."""
    if urlsplit(access.url).hostname == _HERE:
        return True
    if name != "xero":
        return access.url == SANDBOXES[name]["api"]
    (organisation,) = xero_client.client(access).read("/Organisation", "Organisations")
    return organisation.get("IsDemoCompany") is True


def _invoice(data: ReferenceData, reference: str, today: date) -> Document:
    """A penny sold, without tax, to the first customer."""
    active = [each for each in data.customers if each.status == ACTIVE]
    free = next((rate.id for rate in data.tax_rates if rate.status == ACTIVE and not rate.rate), "")
    sold = DocumentLine("Smoke test", _account(data, "Income"), _PENNY, tax_rate=free)
    return Document(
        Kind.INVOICE,
        reference,
        today,
        today,
        data.company.base_currency,
        "Smoke test",
        _PENNY,
        (sold,),
        contact=active[0].id,
        status="Submitted",
    )


def _journal(data: ReferenceData, reference: str, today: date) -> Document:
    """Two pennies from an income to an expense account."""
    amount = 2 * _PENNY
    lines = (
        DocumentLine("Smoke test", _account(data, "Expense"), amount),
        DocumentLine("Smoke test", _account(data, "Income"), -amount),
    )
    currency = data.company.base_currency
    return Document(Kind.JOURNAL, reference, today, today, currency, "Smoke test", amount, lines)


def _account(data: ReferenceData, kind: str) -> str:
    """The first account of a type."""
    return next(each.id for each in data.accounts if each.type == kind and each.status == ACTIVE)


def _write(platform: Platform, document: Document) -> None:
    """Write a document and find it again. Raises PlatformError; SystemExit when what is there is not it."""
    (outcome,) = platform.write([document])
    if not isinstance(outcome, Written):
        raise outcome
    print(f"written  {document.kind} {document.reference} of {outcome.total} {document.currency}")
    found = platform.find(document.kind, document.reference, document.dated)
    if found is None or found.total != document.total:
        sys.exit(f"daybook: {document.reference} was written, but found was {found}")
    print(f"found    {document.kind} {document.reference} again, of {found.total}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
