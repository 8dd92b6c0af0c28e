"""What every function that shows pages has in common: sessions, forms, and answers that a person reads.

A page belongs to a `Seat`, what the browser's cookie opens. A form comes back with a token that only our own
page can hold, and from our own site, or it is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from daybook.domain.errors import BadRequest
from daybook.domain.flow_rows import LOCALES
from daybook.frozen import frozen
from daybook.services.branding import brand_of
from daybook.services.runtime import one_look, runtime
from daybook.services.sessions import FLOW, Session, SessionOver, csrf_of, find_session
from daybook.services.texts import own_texts
from daybook.web.rendering import Shown, render
from daybook.wire.errors import Failure, FormRefused
from rest import Answer, Api, Html, Reply, Request, response_of

MOST_FIELDS = 2_000
_COOKIES = {"flow": "daybook-flow", "portal": "daybook-portal"}
# How browsers and their helpers say that they only fetch a page ahead.
_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_SAME_SITE = ("", "same-origin", "none")


@frozen
class Seat:
    """A browser with a session. `token` is the secret its cookie holds."""

    session: Session
    token: str = field(repr=False)

    @property
    def csrf(self) -> str:
        """What its forms bring back."""
        return csrf_of(self.token)


@frozen
class Form:
    """What a form was sent with."""

    values: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """The last value of a field without spaces around it, "" when it was not sent."""
        return self.values.get(name, [""])[-1].strip()

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self.values.get(name, [])


class PageApi(Api):
    """The pages of one function. What a service raises becomes a page that says so."""

    def __init__(self, function: str) -> None:
        super().__init__(function)
        self._function = function

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one event of API Gateway; a page that is asked for, from one look at the table."""
        with one_look() if event.get("httpMethod") == "GET" else nullcontext():
            return super().handle(event, context)

    def _answer_failure(self, failure: Failure, error: Exception) -> Answer:
        return response_of(error_page(self._request, failure, error))


def seat_of(request: Request, kind: str, company_id: str = "") -> Seat:
    """The session this browser has, of this kind and for this company. Raises SessionOver."""
    token = token_of(request, kind)
    return Seat(find_session(runtime(), kind, token, company_id), token)


def token_of(request: Request, kind: str) -> str:
    """What this browser brings as its session of a kind, known to us or not; "" for nothing."""
    return cookie_of(request, _COOKIES[kind])


def is_fetched_ahead(request: Request) -> bool:
    """Whether the browser only fetches this in case somebody opens it: nothing may happen by it."""
    return any("prefetch" in request.headers.get(name, "").lower() for name in _AHEAD)


def session_cookie(request: Request, session: Session, token: str) -> str:
    """The cookie that opens a session, for its own pages alone; over TLS only wherever there is TLS."""
    below = f"/flow/{session.company_id}" if session.kind == FLOW else "/portal"
    ends = session.ends - int(runtime().clock.now().timestamp())
    return cookie(request, _COOKIES[session.kind], token, below, max(ends, 0))


def cookie(request: Request, name: str, value: str, below: str, seconds: int) -> str:
    """A cookie for the paths below one of ours; scripts and other sites' forms do not get it."""
    parts = urlsplit(request.base_url)
    secure = "; Secure" if parts.scheme == "https" else ""
    return f"{name}={value}; Path={parts.path}{below}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def cookie_of(request: Request, name: str) -> str:
    """What the browser brings under this name, "" for nothing."""
    try:
        kept = SimpleCookie(request.headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return kept.value if kept else ""


def form_of(request: Request, seat: Seat) -> Form:
    """The form a page of this session was sent with. Raises FormRefused, and BadRequest for no form."""
    form = read_form(request)
    if not _from_here(request) or not secrets.compare_digest(form.one("csrf").encode(), seat.csrf.encode()):
        raise FormRefused
    return form


def read_form(request: Request) -> Form:
    """A form as it was sent, whoever sent it. Raises BadRequest."""
    try:
        text = request.body().decode()
        values = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadRequest("This is not a form of this site.") from None
    return Form(values)


def page(
    request: Request,
    template: str,
    seat: Seat | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] = MappingProxyType({}),
    leads_to: Iterable[str] = (),
    client_id: str = "",
    locale: str = "",
    **values: object,
) -> Reply:
    """A page.

    `leads_to` are the URLs that a form of the page may end at after a redirect; browsers must be told.
    Without a session the page speaks `locale`, else the browser's language, and looks like `client_id`'s, or
    like ours.
    """
    nonce = secrets.token_urlsafe(16)
    shown = shown_of(request, seat, nonce, client_id, locale)
    policy = _policy(nonce, leads_to)
    return Reply(
        Html(render(template, shown, **values)),
        {"Content-Security-Policy": policy, "Content-Language": shown.locale[:2], **headers},
        status,
    )


def shown_of(request: Request, seat: Seat | None, nonce: str, client_id: str = "", locale: str = "") -> Shown:
    """For whom and where a page is shown."""
    session = seat.session if seat else None
    locale = session.locale if session else locale or locale_of(request)
    client = session.client_id if session else client_id
    return Shown(
        locale=locale,
        brand=brand_of(runtime(), client),
        base_path=urlsplit(request.base_url).path,
        path=request.path,
        nonce=nonce,
        csrf=seat.csrf if seat else "",
        texts=own_texts(runtime(), client, locale) if client else {},
    )


def locale_of(request: Request) -> str:
    """The locale a browser asks for, of those we have."""
    accepted = request.headers.get("accept-language", "")[:200].lower()
    for each in accepted.split(","):
        language = each.partition(";")[0].strip()[:2]
        for locale in LOCALES:
            if language == locale[:2]:
                return locale
    return LOCALES[0]


def see_other(request: Request, path: str, set_cookie: str = "") -> Reply:
    """Go on to a page of ours."""
    return leave(f"{urlsplit(request.base_url).path}{path}", set_cookie)


def leave(url: str, set_cookie: str = "") -> Reply:
    """Go on to a URL, which the caller knows to be allowed."""
    headers = {"Location": quote(url, safe=":/?#[]@!$&'()*+,;=%~-._")}
    return Reply(Html(""), headers | ({"Set-Cookie": set_cookie} if set_cookie else {}), 303)


def error_page(request: Request, failure: Failure, error: Exception) -> Reply:
    """Why a page is not shown, in plain words and with the way on."""
    nonce = secrets.token_urlsafe(16)
    seat = _seat_if_any(request)
    shown = shown_of(request, seat, nonce)
    status = failure.status_code
    known = {400, 401, 403, 404, 409, 500, 503}
    titled = status if status in known else 400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500
    key = "session" if isinstance(error, SessionOver) else titled
    # Others say more exactly what is wrong, but only in English.
    ours = titled in (401, 403, 404, 500, 503) or shown.locale != LOCALES[0]
    html = render(
        "error.html",
        shown,
        title=shown.text(f"errors.{key}.title"),
        message=shown.text(f"errors.{key}.text") if ours else failure.error,
        way_back=_way_back(shown, seat),
        reference=request.correlation_id,
    )
    return Reply(Html(html), {"Content-Security-Policy": _policy(nonce, ())}, status)


def _way_back(shown: Shown, seat: Seat | None) -> Mapping[str, str] | None:
    """Where a merchant in the flow goes on; nowhere for others."""
    if seat is None or seat.session.kind != FLOW:
        return None
    return {"href": shown.url(f"/flow/{seat.session.company_id}"), "text": shown.text("errors.back")}


def _seat_if_any(request: Request) -> Seat | None:
    """The session this browser has here, whatever the page."""
    first, _, rest = request.path.lstrip("/").partition("/")
    company_id = rest.partition("/")[0] if first == FLOW else ""
    try:
        return seat_of(request, first, company_id) if first in _COOKIES else None
    except SessionOver:
        return None


def _from_here(request: Request) -> bool:
    """Whether a form was sent by a page of this site, as far as the browser tells."""
    if request.headers.get("sec-fetch-site", "") not in _SAME_SITE:
        return False
    origin = request.headers.get("origin", "")
    here = urlsplit(request.base_url)
    # Without a referrer, which our pages do not send, a browser may call the origin null.
    return origin in ("", "null", f"{here.scheme}://{here.netloc}")


def _policy(nonce: str, leads_to: Iterable[str]) -> str:
    """What a page may load, run and send: what is ours; its forms to us, then as told."""
    targets = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, leads_to) if parts.netloc}
    sources = " ".join(["'self'", *sorted(targets)])
    return (
        f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; form-action {sources}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
