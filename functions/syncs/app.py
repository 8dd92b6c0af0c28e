"""Syncs: run them, see how they stand, look at the documents they wrote."""

from __future__ import annotations

from daybook.services import push_history, syncs
from daybook.services import retry_push as retry
from daybook.services.companies import find_company, resolve_range, resolve_time
from daybook.services.drill_down import read_line
from daybook.services.identifiers import identifier
from daybook.services.preview import preview
from daybook.services.retry_direct_push import failed_direct_pushes, retry_direct_pushes
from daybook.services.runtime import runtime
from daybook.services.show_sync import show_status, show_summary
from daybook.services.tie_out import read_tie_out
from daybook.wire.models import read
from daybook.wire.paging import read_listing
from daybook.wire.syncs import NotRetried, Retry, RetryRequest, read_range, read_sync_to
from rest import Api, Request

api = Api("syncs")
handler = api.handle


def _spellings(rest: str) -> tuple[str, ...]:
    """Every spelling of a sync's path: with and without `/meta`, with and without `commerce`."""
    company = ("/companies/<company_id>", "/meta/companies/<company_id>")
    return tuple(f"{path}/sync/{infix}{rest}" for path in company for infix in ("commerce/", ""))


@api.route("POST", *_spellings("latest"))
def request_latest(request: Request, company_id: str) -> object:
    """Sync up to now, or to a given time.

    Every business day that changed since it was last looked at is computed anew from its records, and the
    difference to what is in the books is written. Where nothing changed, nothing is written, however often it
    is asked for. It waits its turn behind a sync of the same company that is under way.
    """
    company = find_company(runtime(), request.client_id, company_id)
    text = read_sync_to(request.json())
    sync_to = resolve_time(runtime(), company, text) if text else None
    return show_summary(runtime(), syncs.request_latest(runtime(), company, sync_to), request.base_url)


@api.route("POST", *_spellings("historic"))
def request_historic(request: Request, company_id: str) -> object:
    """Sync the days of a range.

    The business days between two times, as `latest` does those that changed. Asking twice writes nothing
    twice.
    """
    company = find_company(runtime(), request.client_id, company_id)
    start, finish = resolve_range(runtime(), company, read_range(request.json()))
    return show_summary(
        runtime(), syncs.request_historic(runtime(), company, start, finish), request.base_url
    )


@api.route("POST", *_spellings("restate"))
def request_restate(request: Request, company_id: str) -> object:
    """Post the days of a range again, under the configuration in force.

    A posted day keeps the configuration it was posted under. This takes its documents back and writes it
    anew.
    """
    company = find_company(runtime(), request.client_id, company_id)
    start, finish = resolve_range(runtime(), company, read_range(request.json()))
    return show_summary(runtime(), syncs.request_restate(runtime(), company, start, finish), request.base_url)


@api.route("POST", *_spellings("preview"))
def preview_sync(request: Request, company_id: str) -> object:
    """The documents a sync of a range would write, and why; writes nothing.

    It can be asked for before syncs are switched on.
    """
    company = find_company(runtime(), request.client_id, company_id)
    start, finish = resolve_range(runtime(), company, read_range(request.json()))
    return preview(runtime(), company, start, finish)


@api.route("GET", *_spellings("status"))
def get_sync_status(request: Request, company_id: str) -> object:
    """How the newest sync stands, with its range and the connections.

    `syncStatusCode` is 1000 in progress, 1010 for over ten minutes, 2000 written, 2040 nothing to write, and
    from 4000 failed: `errorMessage` then says what is wrong and how to mend it, in words for the merchant.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return show_summary(runtime(), syncs.latest_sync(runtime(), company), request.base_url)


@api.route("GET", *_spellings("syncs/lastSuccessful/status"), *_spellings("status/lastSuccessful"))
def get_last_successful_sync(request: Request, company_id: str) -> object:
    """How the newest sync that ended well stands."""
    company = find_company(runtime(), request.client_id, company_id)
    return show_status(runtime(), syncs.last_successful_sync(runtime(), company))


@api.route("GET", *_spellings("syncs/latest/status"), *_spellings("status/latest"))
def get_latest_sync(request: Request, company_id: str) -> object:
    """How the newest sync stands."""
    company = find_company(runtime(), request.client_id, company_id)
    return show_status(runtime(), syncs.latest_sync(runtime(), company))


@api.route("GET", *_spellings("syncs/list/status"), *_spellings("status/list"))
def list_syncs(request: Request, company_id: str) -> object:
    """Every sync, newest first: an array and no page, as the published client needs it."""
    company = find_company(runtime(), request.client_id, company_id)
    return [show_status(runtime(), sync) for sync in syncs.list_syncs(runtime(), company)]


@api.route("GET", *_spellings("syncs/<sync_id>/status"), *_spellings("status/<sync_id>"))
def get_sync(request: Request, company_id: str, sync_id: str) -> object:
    """How one sync stands."""
    company = find_company(runtime(), request.client_id, company_id)
    sync = syncs.read_sync(runtime(), company, identifier(sync_id, "sync"))
    return show_status(runtime(), sync)


@api.route("GET", *_spellings("syncs/<sync_id>/tie-out"))
def get_tie_out(request: Request, company_id: str, sync_id: str) -> object:
    """The proof of a sync: source, documents and platform beside one another.

    For each business day and currency: what the records add up to, what the documents say and what the
    accounting software answered. `agrees` is true when they are the same to the smallest unit.
    `Written as` and `Tax written as` add up a kind of document, and agree when each document of it does.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return read_tie_out(runtime(), company, sync_id)


@api.route("GET", *_spellings("documents/<key>/lines/<number>/records"))
def get_line_records(request: Request, company_id: str, key: str, number: str) -> object:
    """The records a line of a document is made of.

    Each with what it contributes to the line.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return read_line(runtime(), company, key, number)


@api.route("GET", "/companies/<company_id>/push")
def list_push_operations(request: Request, company_id: str) -> object:
    """A page of the documents of syncs.

    Newest first, with the accounts that were added to the ledger.
    """
    company = find_company(runtime(), request.client_id, company_id)
    listing = read_listing(request.parameters)
    return push_history.list_push_operations(runtime(), company, listing, request.path)


@api.route("POST", "/companies/<company_id>/push/retry")
def retry_push(request: Request, company_id: str) -> object:
    """Try the documents the ledger refused again: those of the newest sync, or single ones by their keys."""
    company = find_company(runtime(), request.client_id, company_id)
    body = request.json()
    keys = read(RetryRequest, {} if body is None else body).push_operation_keys
    pushes, refused = retry_direct_pushes(runtime(), company, keys)
    retried, sync = (len(pushes), None) if keys else retry.retry_push(runtime(), company)
    if not keys:
        refused = failed_direct_pushes(runtime(), company)
    return Retry(
        retried=retried,
        sync=show_summary(runtime(), sync, request.base_url) if sync else None,
        push_operations=[push_history.show_direct_push(runtime(), push) for push in pushes],
        not_retried=[NotRetried(push_operation_key=key, reason=reason) for key, reason in refused],
    )


@api.route("GET", "/companies/<company_id>/push/<key>")
def get_push_operation(request: Request, company_id: str, key: str) -> object:
    """One document."""
    company = find_company(runtime(), request.client_id, company_id)
    return push_history.read_push_operation(runtime(), company, key)
