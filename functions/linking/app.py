"""A merchant's consent: to the accounting platform and back."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlsplit

from daybook.domain.errors import DaybookError
from daybook.services import link
from daybook.services.link import Choice, Linked
from daybook.services.runtime import runtime
from daybook.wire.errors import failure_of
from linking import pages
from rest import Api, Html, Reply, Request

api = Api("linking")
handler = api.handle

_COOKIE = "daybook-linking"


@api.route("GET", "/link/<company_id>/<connection_id>")
def begin_linking(request: Request, company_id: str, connection_id: str) -> object:
    """Go to the accounting software to link it.

    This is a connection's `linkUrl`: a merchant's browser is sent on to the accounting software's own page,
    where consent is given or declined. No API key is needed.
    """

    def begin() -> object:
        begun = link.begin(runtime(), company_id, connection_id, request.base_url)
        headers = {"Location": begun.url, "Set-Cookie": _cookie(request, begun.cookie)}
        return Reply(Html(""), {**headers, "Cache-Control": "no-store"}, 302)

    return _page(request, begin)


@api.route("GET", "/oauth/callback")
def come_back(request: Request) -> object:
    """Come back from the accounting software.

    The redirect address to register with every accounting platform.
    """

    def come() -> object:
        found = link.come_back(runtime(), request.parameters, _cookie_of(request), request.base_url)
        return _show(found)

    return _page(request, come)


@api.route("POST", "/oauth/organisation")
def choose_organisation(request: Request) -> object:
    """Choose the organisation to link, where consent was given to several."""

    def choose() -> object:
        form = dict(parse_qsl(request.body().decode(errors="replace")))
        return _show(
            link.choose(runtime(), form.get("state", ""), form.get("tenant", ""), _cookie_of(request))
        )

    return _page(request, choose)


def _show(found: Linked | Choice) -> object:
    if isinstance(found, Choice):
        return Reply(Html(pages.choice(found)), {"Cache-Control": "no-store"})
    organisation = found.connection.connection_info.get("organisation", found.connection.platform_name)
    return Reply(Html(pages.linked(found, organisation)), {"Cache-Control": "no-store"})


def _page(request: Request, show: Callable[[], object]) -> object:
    """What is shown, or why not: a person is looking, so as a page."""
    try:
        return show()
    except DaybookError as error:
        failure = failure_of(error, request.correlation_id)
        return Reply(Html(pages.refused(failure.error)), {"Cache-Control": "no-store"}, failure.status_code)


def _cookie(request: Request, value: str) -> str:
    """For this browser alone, on its way back; sent over TLS only wherever there is TLS."""
    parts = urlsplit(request.base_url)
    secure = "; Secure" if parts.scheme == "https" else ""
    return f"{_COOKIE}={value}; Path={parts.path}/oauth; Max-Age=1800; HttpOnly; SameSite=Lax{secure}"


def _cookie_of(request: Request) -> str:
    kept = SimpleCookie(request.headers.get("cookie", "")).get(_COOKIE)
    return kept.value if kept else ""
