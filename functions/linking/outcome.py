"""What a merchant's browser is shown on the way back from an accounting platform, outside the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.errors import PlatformError
from daybook.services import link
from daybook.services.link import NotLinked
from daybook.web.rendering import words
from daybook.wire.errors import failure_of
from pages import error_page, locale_of, page

if TYPE_CHECKING:
    from daybook.domain.errors import DaybookError
    from daybook.services.link import Came, Choice, Linked
    from rest import Reply, Request

_HEADERS = {"Cache-Control": "no-store"}


def linked(request: Request, done: Linked) -> Reply:
    """The connection is linked."""
    return page(
        request,
        "link/linked.html",
        headers=_HEADERS,
        client_id=done.company.client_id,
        company=done.company.name,
        platform=done.connection.platform_name,
        organisation=done.connection.connection_info.get("organisation", ""),
    )


def chosen_from(request: Request, asked: Choice, came: Came | None) -> Reply:
    """Which of several organisations to link, in the language of the flow where it began there."""
    return page(
        request,
        "link/organisation.html",
        headers=_HEADERS,
        client_id=asked.company.client_id,
        locale=came.locale if came else "",
        choice=asked,
    )


def refused(request: Request, error: DaybookError, came: Came | None) -> Reply:
    """Why nothing was linked, and what to do."""
    failure = failure_of(error, request.correlation_id)
    if not isinstance(error, NotLinked | PlatformError):
        return error_page(request, failure, error)
    reason = link.reason_of(error)
    values = error.values if isinstance(error, NotLinked) else {}
    texts = words(locale_of(request))
    return page(
        request,
        "error.html",
        status=failure.status_code,
        headers=_HEADERS,
        client_id=came.client_id if came else "",
        title=texts["link.refused.title"],
        message=texts[f"link.refused.{reason}"].format(**values),
        way_back=None,
        reference="",
    )
