"""The sync configuration flow on the wire: its URL, its texts, its visible accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from daybook.domain.errors import BadRequest, Problem
from daybook.domain.flow_rows import LOCALES, ROWS, TEXT_SPELLINGS, text_key
from daybook.frozen import frozen
from daybook.wire.models import Model, read

# In UTF-8 still shorter than a sort key of the table may be.
LONGEST_IDENTIFIER = 200
LONGEST_TEXT = 1000
LONGEST_LIST = 1000
# An answer lists so many problems, and its sentence tells so many of them.
_MOST_PROBLEMS = 100
_MOST_TOLD = 3
_ROW_KEYS = tuple(row.key for row in ROWS)
_NO_LOCALE = f"locale is one of {' and '.join(LOCALES)}."

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
# The API's description tells the keys; they are checked by hand, for a problem in our own words for each.
TextKey = Annotated[str, Field(json_schema_extra={"enum": list(TEXT_SPELLINGS)})]
RowKey = Annotated[str, Field(json_schema_extra={"enum": list(_ROW_KEYS)})]


class SyncFlowUrl(Model):
    """Where to send the merchant, within half a minute."""

    url: str


class Localization(Model):
    """A text of the flow; `required` when it is the label of a row that a merchant must fill in."""

    text: str
    required: bool


class TextChange(Model):
    """A new text; null restores ours, and without the property nothing changes."""

    text: Text | None = None


class VisibleAccounts(Model):
    """The keys of the rows of the flow that merchants see, in the flow's order."""

    visible_accounts: list[str]


class VisibleAccountsChoice(Model):
    """The keys of the rows to show; null or left out means all of them."""

    visible_accounts: list[RowKey] | None = Field(None, max_length=LONGEST_LIST)


@frozen
class FlowRequest:
    """Who is to go through the flow, in which language, and where to afterwards ("" for nowhere)."""

    merchant_identifier: str
    locale: str
    redirect_url: str


def read_flow_request(parameters: Mapping[str, str]) -> FlowRequest:
    """Read the parameters of the flow's URL. Raises BadRequest with a problem for each fault."""
    merchant = parameters.get("merchantIdentifier", "").strip()
    locale = parameters.get("locale", LOCALES[0]).lower()
    problems = []
    if not merchant:
        message = (
            "merchantIdentifier is missing: give the company's id, or your own id or name of the merchant."
        )
        problems.append(Problem("merchantIdentifier", message, "required"))
    elif len(merchant) > LONGEST_IDENTIFIER or not merchant.isprintable():
        message = f"merchantIdentifier takes up to {LONGEST_IDENTIFIER} characters, none of them a control."
        problems.append(Problem("merchantIdentifier", message, "format"))
    if locale not in LOCALES:
        problems.append(Problem("locale", _NO_LOCALE, "enum"))
    _refuse(problems)
    return FlowRequest(merchant, locale, parameters.get("redirectUrl", ""))


def read_locale(parameters: Mapping[str, str]) -> str:
    """The locale whose texts are meant. Raises BadRequest when it is missing or unknown."""
    locale = parameters.get("locale", "").lower()
    if locale not in LOCALES:
        _refuse([Problem("locale", _NO_LOCALE, "enum")])
    return locale


def read_text_changes(body: object) -> dict[str, str | None]:
    """New texts by published key; None restores ours. Raises BadRequest with a problem for each fault.

    A text comes as `{"text": "..."}` or as a plain string; null is None, and `{}` changes nothing.
    """
    if body is None:
        return {}
    if not isinstance(body, dict):
        message = "A JSON object of keys and texts is needed as the body."
        raise BadRequest(message, [Problem("$", message, "type")])
    changes: dict[str, str | None] = {}
    problems = []
    for spelling, value in body.items():
        key = text_key(spelling)
        if key is None:
            problems.append(_unknown(f"$.{spelling[:100]}", "text", spelling))
        elif key in changes:
            problems.append(Problem(f"$.{spelling}", f"The text {key} is given twice.", "unique"))
        elif not _is_text(_text_of(value)):
            message = f"A text is a string of up to {LONGEST_TEXT} characters, or null for the default."
            problems.append(Problem(f"$.{spelling}", message, "text"))
        elif not isinstance(value, dict) or "text" in value:
            changes[key] = _text_of(value)
    _refuse(problems)
    return changes


def read_visible_accounts(body: object) -> list[str] | None:
    """The keys of the rows to show; None for all. Raises BadRequest with a problem for each fault."""
    keys = read(VisibleAccountsChoice, {} if body is None else body).visible_accounts
    _refuse(
        [
            _unknown(f"$.visibleAccounts[{place}]", "account", key)
            for place, key in enumerate(keys or ())
            if key not in _ROW_KEYS
        ]
    )
    return keys


def _text_of(value: Any) -> Any:
    return value.get("text") if isinstance(value, dict) else value


def _is_text(text: object) -> bool:
    return text is None or (isinstance(text, str) and len(text) <= LONGEST_TEXT)


def _unknown(item: str, what: str, key: str) -> Problem:
    return Problem(item, f"There is no {what} {key[:100]!r} in the flow.", "enum")


def _refuse(problems: list[Problem]) -> None:
    if problems:
        listed = " ".join(problem.message for problem in problems[:_MOST_TOLD])
        more = len(problems) - _MOST_TOLD
        raise BadRequest(f"{listed} And {more} more." if more > 0 else listed, problems[:_MOST_PROBLEMS])
