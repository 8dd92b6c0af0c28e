"""Business days that are closed: posted, proven and past their retention, so that their records may go.

Nothing is worked out for a closed day any more. What is posted of it stays, whatever is sent later.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from daybook.frozen import frozen

_DAY = timedelta(days=1)


class Span(NamedTuple):
    """Business days from first to last, both included."""

    first: date
    last: date


@frozen
class Closed:
    """The closed days of a company: spans in order that neither meet nor overlap."""

    spans: tuple[Span, ...] = ()

    def __contains__(self, day: date) -> bool:
        return any(span.first <= day <= span.last for span in self.spans)

    def with_span(self, added: Span) -> Closed:
        """These days and those of a span."""
        apart = []
        for span in self.spans:
            if span.last + _DAY < added.first or added.last + _DAY < span.first:
                apart.append(span)
            else:
                added = Span(min(span.first, added.first), max(span.last, added.last))
        return Closed(tuple(sorted([*apart, added])))

    def first_open(self, day: date) -> date:
        """This day, or the first one after it that is not closed."""
        return next((span.last + _DAY for span in self.spans if span.first <= day <= span.last), day)


def closable(first: date, last: date, held: Iterable[date]) -> Span | None:
    """The days from first to last that come before all of those held; None when there are none."""
    last = min([last, *(day - _DAY for day in held if day >= first)])
    return Span(first, last) if first <= last else None


def groups(joined: Iterable[tuple[Any, Iterable[Any]]]) -> list[list[Any]]:
    """What is given, in groups: in one group whatever shares a mark, directly or through others."""
    leaders: dict[Any, Any] = {}

    def leader(mark: Any) -> Any:
        while leaders.setdefault(mark, mark) != mark:
            mark = leaders[mark]
        return mark

    members: list[tuple[Any, Any]] = []
    for member, marks in joined:
        own = ("member", len(members))
        for mark in marks:
            leaders[leader(mark)] = leader(own)
        members.append((member, own))
    grouped: dict[Any, list[Any]] = {}
    for member, own in members:
        grouped.setdefault(leader(own), []).append(member)
    return list(grouped.values())
