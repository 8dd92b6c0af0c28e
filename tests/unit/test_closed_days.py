"""Spans of closed days, and what goes together."""

from __future__ import annotations

from datetime import date

from daybook.domain.retention import Closed, Span, closable, groups


def test_spans_of_closed_days() -> None:
    march = [date(2026, 3, day) for day in range(32) if day]
    closed = Closed().with_span(Span(march[0], march[2])).with_span(Span(march[8], march[9]))
    assert len(closed.spans) == 2
    assert [day.day for day in march if day in closed] == [1, 2, 3, 9, 10]
    assert closed.with_span(Span(march[3], march[7])).spans == (Span(march[0], march[9]),)
    assert closed.first_open(march[1]) == march[3]
    assert closed.first_open(march[4]) == march[4]
    assert closable(march[3], march[9], [march[1], march[7]]) == Span(march[3], march[6])
    assert closable(march[3], march[9], [march[3]]) is None


def test_groups_of_what_shares_a_mark() -> None:
    found = groups([("a", [1]), ("b", [2]), ("c", [1, 3]), ("d", [3]), ("e", [])])
    assert sorted(map(sorted, found)) == [["a", "c", "d"], ["b"], ["e"]]
