"""What can be asked and changed of Sandbox books."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator

from daybook.domain.errors import BadRequest, Problem
from daybook.wire.models import Model, read

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Format = Literal["json", "beancount", "hledger"]
# "" for none; what they do is in platforms/sandbox/faults.py.
Fault = Literal["", "unavailable", "accessLost", "expired", "refused", "unanswered"]


def _lock_date(text: str) -> str:
    if text:
        _date(text)
    return text


class BooksUpdate(Model):
    """A new lock date, a fault to fail with; the empty text lifts either, and left out it stays."""

    lock_date: Annotated[str, AfterValidator(_lock_date)] | None = None
    fault: Fault | None = None


class AccountUpdate(Model):
    """A new status of an account."""

    status: Literal["Active", "Archived"]


class BooksQuery(Model):
    """Which part of the books to write out, and how. Dates are those of the entries, both included."""

    format: Format
    first: date | None
    last: date | None


def read_books_update(body: object) -> BooksUpdate:
    """The change of the books' settings. Raises BadRequest.

    A null lifts the lock date or the fault: here it means that there is to be none.
    """
    if isinstance(body, dict):
        lifted = [name for name in ("lockDate", "fault") if name in body and body[name] is None]
        body = {**body, **dict.fromkeys(lifted, "")}
    return read(BooksUpdate, body)


def read_books_query(parameters: Mapping[str, str]) -> BooksQuery:
    """`format` (json unless given), `from` and `to` of a request's query. Raises BadRequest."""
    problems = []
    form = (parameters.get("format") or "json").strip().lower()
    if form not in ("json", "beancount", "hledger"):
        problems.append(Problem("format", "format must be json, beancount or hledger.", "enum"))
    dates: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            dates[name] = _date(parameters[name]) if parameters.get(name) else None
        except ValueError as refused:
            problems.append(Problem(name, f"{name} {refused}.", "date"))
    first, last = dates.get("from"), dates.get("to")
    if first and last and first > last:
        problems.append(Problem("from", "from must not be after to.", "range"))
    if problems:
        raise BadRequest(" ".join(problem.message for problem in problems), problems)
    return BooksQuery.model_validate({"format": form, "first": first, "last": last})


def _date(text: str) -> date:
    """A date as written in ISO 8601. Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError("must be a date like 2026-03-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a date of the calendar, and {text} is none") from None
