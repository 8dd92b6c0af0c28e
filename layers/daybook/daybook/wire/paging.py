"""Lists as pages (specification: api, conventions: paging and query)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from daybook.domain.errors import BadRequest, Problem
from daybook.domain.query import Order, Query, in_order, parse_order, parse_query

DEFAULT_SIZE = 100
LARGEST_SIZE = 2000
# A page further on than this cannot exist; it keeps the arithmetic small.
_LAST_PAGE = 10**9
_MOST_DIGITS = 10

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a caller asked of a list: which page of it, in which order, which items."""

    number: int
    size: int
    orders: tuple[Order, ...]
    query: Query
    order_by: str = ""
    query_text: str = ""


def read_listing(parameters: Mapping[str, str]) -> Listing:
    """Read `page`, `pageSize`, `orderBy` and `query`. Raises BadRequest with every problem there is."""
    problems: list[Problem] = []
    number = _whole(parameters, "page", 1, _LAST_PAGE, problems)
    size = _whole(parameters, "pageSize", DEFAULT_SIZE, LARGEST_SIZE, problems)
    order_by, query_text = parameters.get("orderBy") or "", parameters.get("query") or ""
    orders: tuple[Order, ...] = ()
    query = parse_query("")
    try:
        orders = parse_order(order_by)
    except BadRequest as refused:
        problems += refused.problems
    try:
        query = parse_query(query_text)
    except BadRequest as refused:
        problems += refused.problems
    if problems:
        raise BadRequest(" ".join(problem.message for problem in problems), problems)
    return Listing(number, size, orders, query, order_by, query_text)


def page_of(
    rows: Iterable[Row], listing: Listing, path: str, complete: Callable[[Row], Row] | None = None
) -> dict[str, object]:
    """The page asked for of these rows; `complete` is called on those of the page only."""
    matching = in_order((row for row in rows if listing.query.matches(row)), listing.orders)
    start = (listing.number - 1) * listing.size
    results = matching[start : start + listing.size]
    return {
        "results": [complete(row) for row in results] if complete else results,
        "pageNumber": listing.number,
        "pageSize": listing.size,
        "totalResults": len(matching),
        "_links": _links(listing, path, len(matching)),
    }


def _whole(parameters: Mapping[str, str], name: str, default: int, most: int, problems: list[Problem]) -> int:
    text = (parameters.get(name) or "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and 1 <= int(text) <= most:
        return int(text)
    problems.append(Problem(name, f"{name} must be a whole number from 1 to {most}.", "range"))
    return default


def _links(listing: Listing, path: str, total: int) -> dict[str, object]:
    def link(number: int) -> dict[str, str]:
        asked = {"page": number, "pageSize": listing.size}
        texts = {"orderBy": listing.order_by, "query": listing.query_text}
        return {
            "href": f"{path}?{urlencode({**asked, **{name: text for name, text in texts.items() if text}})}"
        }

    links: dict[str, object] = {"self": {"href": path}, "current": link(listing.number)}
    if listing.number * listing.size < total:
        links["next"] = link(listing.number + 1)
    if listing.number > 1:
        links["previous"] = link(listing.number - 1)
    return links
