"""Connecting a merchant's sales and books, and reading the books for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent import consent_cookie
from daybook.domain.errors import AuthorisationLost, BadRequest, PlatformError, SubscriptionExpired
from daybook.services import flow_connect, flow_entry, link, pull_books
from daybook.services.link import NotLinked
from daybook.services.runtime import runtime
from flow.site import next_path, pages, show, visit_of
from pages import form_of, leave, see_other

if TYPE_CHECKING:
    from daybook.domain.ledger import ReferenceData
    from rest import Request

# What may stand in the address of the page, and what it then says.
_PROBLEMS = frozenset(
    (
        link.DECLINED,
        link.OLD,
        link.WRONG_ORGANISATION,
        link.NO_ORGANISATION,
        link.NOT_SET_UP,
        link.DOWN,
        link.LOST,
        link.OTHER_BOOKS,
    )
)
_COMMERCE, _ACCOUNTING = "/flow/<company_id>/commerce", "/flow/<company_id>/accounting"


@pages.route("GET", _COMMERCE)
def show_sales(request: Request, company_id: str) -> object:
    """Whether the merchant's sales are connected."""
    visit = visit_of(request, company_id)
    connection = flow_entry.commerce_connection(runtime(), visit.entry)
    return show(
        request,
        visit,
        "link/commerce.html",
        stage="commerce",
        is_linked=flow_connect.is_linked(connection),
        client=visit.entry.client.name,
        onward=next_path(visit.entry),
    )


@pages.route("POST", _COMMERCE)
def connect_sales(request: Request, company_id: str) -> object:
    """Connect them again."""
    visit = visit_of(request, company_id)
    form_of(request, visit.seat)
    flow_connect.connect_sales(runtime(), visit.entry)
    return see_other(request, next_path(visit.entry))


@pages.route("GET", _ACCOUNTING)
def show_books(request: Request, company_id: str) -> object:
    """What will happen when the merchant connects their books, or that they are connected."""
    visit = visit_of(request, company_id)
    entry = visit.entry
    if not entry.accounting_key:
        return see_other(request, visit.path("platform"))
    connection = flow_connect.books_to_connect(runtime(), entry)
    problem, target = request.parameters.get("problem", ""), ""
    try:
        target = flow_connect.consent_page(runtime(), connection)
    except NotLinked as refused:
        problem = refused.reason
    is_linked = flow_connect.is_linked(connection)
    told = problem in _PROBLEMS and (not is_linked or problem == link.OTHER_BOOKS)
    return show(
        request,
        visit,
        "link/accounting.html",
        stage="accounting",
        leads_to=(target,),
        platform=connection.platform_name,
        logo=flow_entry.logo_of(connection.platform_key),
        organisation=flow_connect.organisation_of(connection),
        is_linked=is_linked,
        was_linked=flow_connect.was_linked(connection),
        asks=bool(target),
        problem=f"link.problem.{problem}" if told else "",
        may_choose=flow_entry.may_choose(runtime(), entry),
        onward=next_path(entry),
    )


@pages.route("POST", _ACCOUNTING)
def connect_books(request: Request, company_id: str) -> object:
    """Go to the accounting software for consent, or on where none is needed."""
    visit = visit_of(request, company_id)
    form_of(request, visit.seat)
    try:
        connection = flow_connect.books_to_connect(runtime(), visit.entry)
        begun = flow_connect.begin(runtime(), visit.entry, connection, request.base_url)
    except BadRequest as refused:
        return see_other(request, visit.path(f"accounting?problem={link.reason_of(refused)}"))
    if begun is None:
        return see_other(request, visit.path("accounting/progress"))
    return leave(begun.url, consent_cookie(request, begun.cookie))


@pages.route("GET", f"{_ACCOUNTING}/progress")
def show_progress(request: Request, company_id: str) -> object:
    """How far the books are read; with `step`, after reading one part more."""
    visit = visit_of(request, company_id)
    connection = flow_entry.accounting_connection(runtime(), visit.entry)
    if connection is None or not flow_connect.is_linked(connection):
        return see_other(request, visit.path("accounting"))
    trouble = ""
    try:
        if "step" in request.parameters:
            pull_books.pull(runtime(), connection)
    except AuthorisationLost as lost:
        return see_other(request, visit.path(f"accounting?problem={link.reason_of(lost)}"))
    except PlatformError as error:
        trouble = (
            "link.trouble.subscription" if isinstance(error, SubscriptionExpired) else "link.trouble.down"
        )
    how = pull_books.look(runtime(), connection)
    return show(
        request,
        visit,
        "link/progress.html",
        stage="accounting",
        how=how,
        counts=_counts(how.data) if how.data else (),
        platform=connection.platform_name,
        organisation=flow_connect.organisation_of(connection),
        trouble=trouble,
        again=f"{visit.path('accounting/progress')}?step={how.done + 1}",
        onward=next_path(visit.entry),
    )


def _counts(data: ReferenceData) -> tuple[tuple[str, int], ...]:
    """How much there is of each, by the key of its name."""
    return (
        ("link.count.accounts", len(data.accounts)),
        ("link.count.taxRates", len(data.tax_rates)),
        ("link.count.customers", len(data.customers)),
        ("link.count.suppliers", len(data.suppliers)),
    )
