"""Which version of a record stands (specification: mapping, reading records 4).

Versions are judged by when they arrived, not by when they were processed: queues deliver out of order and
again. `arrival` is text that sorts as the arrivals did. Whatever the order in which `taken` is given the
versions of a record, each any number of times, it comes to the same end, provided that all of them carry a
`sourceModifiedDate` or none does. (With both kinds mixed it comes to an end that the order of processing
may decide.)
"""

from __future__ import annotations

from dataclasses import replace

from daybook.frozen import frozen


@frozen
class Version:
    """One version of a record: when it arrived, a digest of its content, its `sourceModifiedDate` if any.

    `modified` is UTC text that sorts (`reading.source_modified`).
    """

    arrival: str
    digest: str
    modified: str | None = None


@frozen
class History:
    """What must be remembered of a record's versions.

    `current` is the version that stands, None when there is none or it was deleted. `deleted` is the arrival
    of the latest deletion, "" without one. `newest` is the latest `modified` ever seen, and `barrier` the
    latest among the versions that arrived before that deletion: only a newer one brings the record back.
    """

    current: Version | None = None
    deleted: str = ""
    newest: str | None = None
    barrier: str | None = None


def taken(history: History, version: Version) -> History:
    """The history after a version; it stands if it is `current` then."""
    if version.arrival < history.deleted:
        return _before_deletion(history, version)
    seen = replace(history, newest=_latest(history.newest, version.modified))
    if history.barrier is not None and (version.modified or "") <= history.barrier:
        return seen
    current = history.current
    if current is None or _stands_over(version, current, history.newest):
        return replace(seen, current=version)
    if version.modified is None and version.digest == current.digest:
        # The same again: what matters is when it was last sent.
        return replace(seen, current=replace(current, arrival=max(current.arrival, version.arrival)))
    return seen


def deleted(history: History, arrival: str) -> History:
    """The history after a deletion: newer than every version that arrived before it."""
    if arrival <= history.deleted:
        return history
    current = history.current
    if current is not None and current.arrival > arrival:
        return replace(history, deleted=arrival)
    return replace(history, current=None, deleted=arrival, barrier=history.newest)


def _before_deletion(history: History, version: Version) -> History:
    """A version from before the deletion never stands, but what was sent after must be newer than it."""
    barrier = _latest(history.barrier, version.modified)
    current = history.current
    if current is not None and barrier is not None and (current.modified or "") <= barrier:
        current = None
    return replace(
        history, current=current, barrier=barrier, newest=_latest(history.newest, version.modified)
    )


def _stands_over(version: Version, current: Version, newest: str | None) -> bool:
    later = version.arrival > current.arrival
    if version.modified is None:
        return later and version.digest != current.digest
    if current.modified is None:
        return later and (newest is None or version.modified > newest)
    if version.modified == current.modified:
        return not later and version.arrival != current.arrival  # the first to arrive is the one to keep
    return version.modified > current.modified


def _latest(one: str | None, other: str | None) -> str | None:
    return max(filter(None, (one, other)), default=None)
