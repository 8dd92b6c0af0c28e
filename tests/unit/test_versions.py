"""Which version of a record stands, whatever the order of processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.versions import History, Version, deleted, taken


@dataclass(frozen=True)
class Sent:
    """A version or, without a digest, a deletion, as it was sent."""

    arrival: str
    digest: str | None
    modified: str | None = None


def fold(sent: Sequence[Sent], history: History = History()) -> History:  # noqa: B008 - frozen
    for each in sent:
        if each.digest is None:
            history = deleted(history, each.arrival)
        else:
            history = taken(history, Version(each.arrival, each.digest, each.modified))
    return history


def standing(history: History) -> str | None:
    return history.current.digest if history.current else None


def expected(sent: Sequence[Sent]) -> str | None:
    """The rule in its plainest words, in the order of arrival."""
    digest: str | None = None
    modified: str | None = None
    seen: list[str] = []
    gone = False
    for each in sorted(sent, key=lambda each: each.arrival):
        if each.digest is None:
            digest, gone = None, True
            continue
        newer = each.modified is None or not seen or each.modified > max(seen)
        if each.modified is None and gone and seen:
            newer = False
        if newer:
            digest, modified, gone = each.digest, each.modified, False
        if each.modified is not None:
            seen.append(each.modified)
    assert modified is None or modified in seen
    return digest


def sendings(*, dated: bool) -> st.SearchStrategy[list[Sent]]:
    """Versions and deletions in the order they arrived; versions with one date may differ in content."""
    modified = st.integers(1, 4).map(str) if dated else st.none()
    one = st.one_of(st.none(), st.tuples(st.sampled_from("abcd"), modified))
    return st.lists(one, max_size=7).map(
        lambda parts: [Sent(f"{place:02}", *(part or (None, None))) for place, part in enumerate(parts)]
    )


def disordered(sent: list[Sent]) -> st.SearchStrategy[tuple[list[Sent], list[Sent]]]:
    """The same, each at least once and some again, in any order."""
    again = st.lists(st.sampled_from(sent), max_size=4) if sent else st.just([])
    return st.tuples(st.just(sent), again.flatmap(lambda more: st.permutations(sent + more)))


@given(sendings(dated=True))
def test_the_newest_stands_unless_deleted(sent: list[Sent]) -> None:
    assert standing(fold(sent)) == expected(sent)


@given(sendings(dated=False))
def test_without_dates_the_latest_to_arrive_stands(sent: list[Sent]) -> None:
    assert standing(fold(sent)) == expected(sent)


@given(sendings(dated=True).flatmap(disordered))
def test_with_dates_order_and_repeats_do_not_matter(case: tuple[list[Sent], list[Sent]]) -> None:
    sent, processed = case
    assert standing(fold(processed)) == expected(sent)


@given(sendings(dated=False).flatmap(disordered))
def test_without_dates_order_and_repeats_do_not_matter(case: tuple[list[Sent], list[Sent]]) -> None:
    sent, processed = case
    assert standing(fold(processed)) == expected(sent)


def test_an_older_version_never_overwrites() -> None:
    assert standing(fold([Sent("1", "new", "5"), Sent("2", "old", "4")])) == "new"


def test_only_a_newer_date_brings_a_deleted_record_back() -> None:
    sent = [Sent("1", "a", "5"), Sent("2", None)]
    assert standing(fold(sent)) is None
    assert standing(fold([*sent, Sent("3", "b", "5")])) is None
    assert standing(fold([*sent, Sent("3", "b")])) is None
    assert standing(fold([*sent, Sent("3", "b", "6")])) == "b"


def test_a_date_older_than_one_seen_before_an_undated_version_does_not_stand() -> None:
    assert standing(fold([Sent("1", "a", "5"), Sent("2", "b"), Sent("3", "c", "4")])) == "b"
