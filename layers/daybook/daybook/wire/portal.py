"""The link into the portal on the wire."""

from __future__ import annotations

from typing import Annotated

from daybook.domain.errors import BadRequest, Problem
from daybook.domain.flow_rows import LOCALES
from daybook.wire.formats import Url, one_of
from daybook.wire.models import Model, read


class PortalRequest(Model):
    """In which language the portal begins."""

    locale: Annotated[str, one_of(*LOCALES)] = LOCALES[0]


class PortalUrl(Model):
    """Where to send a support agent, within half a minute."""

    url: Url


def read_portal_request(body: object) -> str:
    """The locale a link is asked for; no body means ours. Raises BadRequest."""
    locale = read(PortalRequest, {} if body is None else body).locale.lower()
    if locale not in LOCALES:
        message = f"locale is one of {' and '.join(LOCALES)}."
        raise BadRequest(message, [Problem("$.locale", message, "enum")])
    return locale
