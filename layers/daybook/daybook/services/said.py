"""Something to say on a page in the reader's language: a text by its key, or a name as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType

from daybook.frozen import frozen


@frozen
class Said:
    """A text of a key with what stands in it (which may itself be Said), or `named` as it is."""

    key: str = ""
    named: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, t: Callable[..., str]) -> str:
        """What is said; `t` gives the text of a key."""
        if not self.key:
            return self.named
        values = {
            name: value.text(t) if isinstance(value, Said) else value for name, value in self.values.items()
        }
        return t(self.key, **values)


def said(key: str, **values: object) -> Said:
    """The text of a key."""
    return Said(key, "", values)


def named(name: str) -> Said:
    """A name as it stands."""
    return Said("", name)
