"""Names as people search for them: without capitals, accents or double spaces, from any word on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# From the beginning of a name, and from a later word of it.
WHOLE, LATER = "NAME", "WORD"
# So many words of a name are looked for; what is searched for may be so long.
_MOST_WORDS = 6
_LONGEST = 60


def folded(text: str) -> str:
    """A name, or a part of one, as it is compared: `Café  Nord` is `cafe nord`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())[:_LONGEST]


def beginnings(name: str) -> Iterator[tuple[str, str]]:
    """Where a search may begin to read a name: (`WHOLE` or `LATER`, the name from there on)."""
    words = folded(name).split()
    for number in range(min(len(words), _MOST_WORDS)):
        yield LATER if number else WHOLE, " ".join(words[number:])
