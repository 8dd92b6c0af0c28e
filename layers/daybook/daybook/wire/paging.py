"""Lists as pages (specification: api, conventions: paging and query).

Pages are numbered, and a number means another place as soon as something before it is made or deleted. So
the link to the next page also says which item it begins after: whoever follows the links of a list in its
own order sees everything that was there all the while, once (docs/adr/0013).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from daybook.domain.errors import BadRequest, Problem
from daybook.domain.query import Order, Query, in_order, parse_order, parse_query
from daybook.frozen import frozen

DEFAULT_SIZE = 100
LARGEST_SIZE = 2000
# A page further on than this cannot exist; it keeps the arithmetic small.
_LAST_PAGE = 10**9
_MOST_DIGITS = 10
# An item's place is made of a record's id and type at most.
_LONGEST_PLACE = 2048

Row = dict[str, Any]


@frozen
class Listing:
    """What a caller asked of a list: which page of it, in which order, which items."""

    number: int
    size: int
    orders: tuple[Order, ...]
    query: Query
    order_by: str = ""
    query_text: str = ""
    after: str = ""


@frozen
class Places:
    """The own order of a list: `of` gives each item's place in it, a text no other item has."""

    of: Callable[[Row], str]
    newest_first: bool = False

    def ordered(self, rows: Iterable[Row]) -> list[Row]:
        """The items in their own order."""
        return sorted(rows, key=self.of, reverse=self.newest_first)

    def after(self, rows: list[Row], place: str) -> list[Row]:
        """Those of the items that come after a place, whether or not one still lies there."""
        if self.newest_first:
            return [row for row in rows if self.of(row) < place]
        return [row for row in rows if self.of(row) > place]


# Ids are ordered by time.
OLDEST_FIRST = Places(lambda row: str(row["id"]))
NEWEST_FIRST = Places(lambda row: str(row["id"]), newest_first=True)


def read_listing(parameters: Mapping[str, str]) -> Listing:
    """Read `page`, `pageSize`, `orderBy`, `query` and `after`. Raises BadRequest with every problem."""
    problems: list[Problem] = []
    number = _whole(parameters, "page", 1, _LAST_PAGE, problems)
    size = _whole(parameters, "pageSize", DEFAULT_SIZE, LARGEST_SIZE, problems)
    order_by, query_text = parameters.get("orderBy") or "", parameters.get("query") or ""
    after = parameters.get("after") or ""
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
    if len(after) > _LONGEST_PLACE or (after and order_by):
        message = "after must be as a link to the next page gives it, and comes without orderBy."
        problems.append(Problem("after", message, "format"))
    if problems:
        raise BadRequest(" ".join(problem.message for problem in problems), problems)
    return Listing(number, size, orders, query, order_by, query_text, after)


def page_of(
    rows: Iterable[Row],
    listing: Listing,
    path: str,
    complete: Callable[[Row], Row] | None = None,
    *,
    places: Places | None = None,
) -> dict[str, object]:
    """The page asked for of these rows; `complete` is called on those of the page only.

    Of a list that has `places` the links stay right while items are made and deleted. One without is
    answered as it is given.
    """
    matching = [row for row in rows if listing.query.matches(row)]
    if places and not listing.orders:
        matching = places.ordered(matching)
    else:
        matching, places = in_order(matching, listing.orders), None
    if places and listing.after:
        left = places.after(matching, listing.after)
    else:
        left = matching[(listing.number - 1) * listing.size :]
    results = left[: listing.size]
    last = places.of(results[-1]) if places and results else ""
    return {
        "results": [complete(row) for row in results] if complete else results,
        "pageNumber": listing.number,
        "pageSize": listing.size,
        "totalResults": len(matching),
        "_links": _links(listing, path, last, has_next=len(left) > listing.size),
    }


def _whole(parameters: Mapping[str, str], name: str, default: int, most: int, problems: list[Problem]) -> int:
    if name not in parameters:
        return default
    text = parameters[name].strip()
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and 1 <= int(text) <= most:
        return int(text)
    problems.append(Problem(name, f"{name} must be a whole number from 1 to {most}.", "range"))
    return default


def _links(listing: Listing, path: str, last: str, *, has_next: bool) -> dict[str, object]:
    def link(number: int, after: str = "") -> dict[str, str]:
        asked = {"page": number, "pageSize": listing.size}
        texts = {"orderBy": listing.order_by, "query": listing.query_text, "after": after}
        return {
            "href": f"{path}?{urlencode({**asked, **{name: text for name, text in texts.items() if text}})}"
        }

    links: dict[str, object] = {"self": {"href": path}, "current": link(listing.number, listing.after)}
    if has_next:
        links["next"] = link(listing.number + 1, last)
    if listing.number > 1:
        links["previous"] = link(listing.number - 1)
    return links
