"""A platform that holds another tax within the very total: the sync says so, until it is put right."""

from __future__ import annotations

from decimal import Decimal

import pytest

from daybook.domain.documents import Kind
from daybook.services.tie_out import read_tie_out
from daybook.store.documents import SUCCESS, StoredDocument
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN, Sync
from tests.platforms.benches import benches
from tests.platforms.story import Story
from tests.platforms.world import Bench
from tests.scenarios import INVOICE, JOURNAL

DATA, REFUSED = 5120, 5130
OFF = Decimal("0.01")
TAXED = (Kind.INVOICE, Kind.CREDIT_NOTE)

each_platform = pytest.mark.parametrize("bench", benches(), ids=str)


def taxed(story: Story) -> list[StoredDocument]:
    """The documents with tax, of every sync."""
    found = story.world.runtime.documents.newest_first(story.company.id)
    return [each for each in found if any(line.tax for line in each.document.lines)]


def disagreeing(story: Story, sync: Sync) -> set[str]:
    """The rows of a sync's tie-out whose sides are not the same."""
    days = read_tie_out(story.world.runtime, story.company, sync.id)["days"]
    return {row["measure"] for day in days for row in day["rows"] if not row["agrees"]}


@each_platform
def test_another_tax_is_never_taken_for_ours(bench: Bench) -> None:
    story = Story(bench, INVOICE)
    world, simulator = story.world, story.world.simulator
    try:
        bench.misstate(simulator, OFF)
        first = world.sync(story.company)
        assert first.status_code == (REFUSED if bench.compares_tax else DATA), first.error_message
        documents = taxed(story)
        assert {each.document.kind for each in documents} == set(TAXED)
        assert all(each.error for each in documents)
        assert all(each.document.reference in first.exception_message for each in documents)
        if bench.compares_tax:
            assert SUCCESS not in {each.status for each in documents}
        else:
            assert {each.status for each in documents} == {SUCCESS}
            rows = {f"Tax written as {kind.value}" for kind in TAXED}
            assert disagreeing(story, first) == rows
            again = world.sync(story.company)
            assert again.status_code == DATA
            assert disagreeing(story, again) == rows
        bench.misstate(simulator, Decimal(0))
        bench.mend(simulator, OFF)
        ended = world.sync(story.company)
        assert ended.status_code == (WRITTEN if bench.compares_tax else NOTHING_TO_WRITE), ended.error_message
        assert read_tie_out(world.runtime, story.company, ended.id)["agrees"]
        assert set(story.written().values()) == {1}
        assert world.sync(story.company).status_code == NOTHING_TO_WRITE
    finally:
        world.close()


@each_platform
def test_journals_tell_no_tax(bench: Bench) -> None:
    story = Story(bench, JOURNAL)
    try:
        bench.misstate(story.world.simulator, OFF)
        sync = story.world.sync(story.company)
        assert sync.status_code == WRITTEN, sync.error_message
        found = story.world.runtime.documents.newest_first(story.company.id)
        assert {(each.document.kind, each.platform_tax) for each in found} == {(Kind.JOURNAL, "")}
    finally:
        story.world.close()
