"""Pages of lists (specification: api, conventions)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from daybook.domain.errors import BadRequest
from daybook.wire.paging import page_of, read_listing

ROWS = [{"id": str(number), "parity": "odd" if number % 2 else "even"} for number in range(250)]


def test_the_first_hundred_by_default() -> None:
    page = page_of(ROWS, read_listing({}), "/things")
    assert page["results"] == ROWS[:100]
    assert (page["pageNumber"], page["pageSize"], page["totalResults"]) == (1, 100, 250)
    assert page["_links"] == {
        "self": {"href": "/things"},
        "current": {"href": "/things?page=1&pageSize=100"},
        "next": {"href": "/things?page=2&pageSize=100"},
    }


def test_every_row_is_on_exactly_one_page() -> None:
    seen = []
    link: str | None = "/things?page=1&pageSize=40&query=parity%3Dodd&orderBy=-id"
    while link:
        parameters = {name: texts[0] for name, texts in parse_qs(urlsplit(link).query).items()}
        page = page_of(ROWS, read_listing(parameters), "/things")
        seen += [row["id"] for row in page["results"]]  # type: ignore[attr-defined]
        link = page["_links"].get("next", {}).get("href")  # type: ignore[attr-defined]
    assert len(seen) == len(set(seen)) == page["totalResults"] == 125
    assert seen == sorted(seen, key=int, reverse=True)


def test_a_page_beyond_the_end_is_empty() -> None:
    page = page_of(ROWS, read_listing({"page": "9"}), "/things")
    assert page["results"] == []
    assert "next" not in page["_links"]  # type: ignore[operator]


def test_only_the_rows_of_the_page_are_completed() -> None:
    completed = []
    page_of(ROWS, read_listing({"pageSize": "7"}), "/things", lambda row: completed.append(row) or row)  # type: ignore[func-returns-value]
    assert completed == ROWS[:7]


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "2001", "1e3", "9" * 30, "٣"])
def test_refuses_a_page_size_out_of_range(value: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_listing({"pageSize": value})
    assert [problem.item for problem in refused.value.problems] == ["pageSize"]


def test_names_every_problem_at_once() -> None:
    with pytest.raises(BadRequest) as refused:
        read_listing({"page": "x", "pageSize": "y", "query": "=", "orderBy": "a b"})
    assert [problem.item for problem in refused.value.problems] == ["page", "pageSize", "orderBy", "query"]
