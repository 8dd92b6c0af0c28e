"""A merchant's consent: to the accounting platform and back."""

from __future__ import annotations

from collections.abc import Callable

from consent import consent_cookie, consent_token
from daybook.domain.errors import DaybookError
from daybook.services import link, list_links
from daybook.services.link import Came, Choice, Linked
from daybook.services.runtime import runtime
from linking.outcome import chosen_from, linked, refused
from pages import page, read_form, see_other
from rest import Api, Html, Reply, Request

api = Api("linking")
handler = api.handle

_NO_STORE = {"Cache-Control": "no-store"}


@api.route("GET", "/link/<company_id>")
def list_company_links(request: Request, company_id: str) -> object:
    """Find what is to be linked.

    This is a company's `redirect`: a page that leads to the links of its connections to accounting software
    which are not linked. No API key is needed.
    """

    def listed() -> object:
        waiting = list_links.waiting_links(runtime(), company_id)
        return page(
            request,
            "link/connections.html",
            headers=_NO_STORE,
            client_id=waiting.client_id,
            waiting=waiting.links,
            is_done=waiting.is_done,
        )

    return _page(request, listed)


@api.route("GET", "/link/<company_id>/<connection_id>")
def begin_linking(request: Request, company_id: str, connection_id: str) -> object:
    """Go to the accounting software to link it.

    This is a connection's `linkUrl`: a merchant's browser is sent on to the accounting software's own page,
    where consent is given or declined. No API key is needed.
    """

    def begin() -> object:
        begun = link.begin(runtime(), company_id, connection_id, request.base_url)
        headers = {"Location": begun.url, "Set-Cookie": consent_cookie(request, begun.cookie)}
        return Reply(Html(""), {**headers, **_NO_STORE}, 302)

    return _page(request, begin)


@api.route("GET", "/oauth/callback")
def come_back(request: Request) -> object:
    """Come back from the accounting software.

    The redirect address to register with every accounting platform. Who began in the sync configuration flow
    is sent on there, whatever became of it.
    """
    cookie = consent_token(request)
    came = link.came_from(runtime(), request.parameters.get("state", ""), cookie)

    def come() -> Linked | Choice:
        return link.come_back(runtime(), request.parameters, cookie, request.base_url)

    return _outcome(request, came, come)


@api.route("POST", "/oauth/organisation")
def choose_organisation(request: Request) -> object:
    """Choose the organisation to link, where consent was given to several."""
    cookie = consent_token(request)
    form = read_form(request)
    state = form.one("state")
    came = link.came_from(runtime(), state, cookie)
    return _outcome(request, came, lambda: link.choose(runtime(), state, form.one("tenant"), cookie))


def _outcome(request: Request, came: Came | None, take: Callable[[], Linked | Choice]) -> object:
    """What became of a consent: in the flow the next page of it, else a page that says so."""
    try:
        found = take()
    except DaybookError as error:
        if came and came.locale:
            return see_other(request, f"/flow/{came.company_id}/accounting?problem={link.reason_of(error)}")
        return refused(request, error, came)
    if isinstance(found, Choice):
        return chosen_from(request, found, came)
    if came and came.locale:
        return see_other(request, f"/flow/{came.company_id}/accounting/progress")
    return linked(request, found)


def _page(request: Request, show: Callable[[], object]) -> object:
    """What is shown, or why not: a person is looking, so as a page."""
    try:
        return show()
    except DaybookError as error:
        return refused(request, error, None)
