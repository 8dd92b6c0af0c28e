"""What the pages on which a merchant consents take and answer."""

from __future__ import annotations

from describing import Described, Media, Nothing, Parameter, Tag
from linking import app

_PAGE = Media("text/html; charset=utf-8")
_NOT_LINKED = "It was not linked; the page says why, and what to do."
_FORM = Media(
    "application/x-www-form-urlencoded",
    schema={
        "type": "object",
        "properties": {"state": {"type": "string"}, "tenant": {"type": "string"}},
        "required": ["state", "tenant"],
    },
)

OPERATIONS = {
    app.list_company_links: Described(
        Tag.CONNECTIONS,
        answer=_PAGE,
        headers={"Cache-Control": "Always `no-store`."},
        errors={404: "This link leads nowhere."},
        keyless=True,
        failures_as=_PAGE,
    ),
    app.begin_linking: Described(
        Tag.CONNECTIONS,
        answer=Nothing(302),
        headers={
            "Location": "The accounting software's own page.",
            "Set-Cookie": "What tells this browser from others when it comes back.",
            "Cache-Control": "Always `no-store`.",
        },
        errors={400: "The accounting software is not set up here.", 404: "This link leads nowhere."},
        keyless=True,
        failures_as=_PAGE,
    ),
    app.come_back: Described(
        Tag.CONNECTIONS,
        parameters=(
            Parameter("state", "What the browser was sent to the accounting software with."),
            Parameter("code", "The consent, when it was given."),
            Parameter("error", "Why it was not, when it was declined."),
            Parameter("realmId", "The organisation, where the accounting software names it like this."),
        ),
        answer=_PAGE,
        headers={"Cache-Control": "Always `no-store`."},
        errors={400: _NOT_LINKED, 404: "The connection was deleted meanwhile.", 503: _NOT_LINKED},
        keyless=True,
        failures_as=_PAGE,
    ),
    app.choose_organisation: Described(
        Tag.CONNECTIONS,
        request=_FORM,
        answer=_PAGE,
        headers={"Cache-Control": "Always `no-store`."},
        errors={400: _NOT_LINKED, 404: "The connection was deleted meanwhile.", 503: _NOT_LINKED},
        keyless=True,
        failures_as=_PAGE,
    ),
}
