"""What syncs say of a trouble, in another language than the one it was written down in.

A sync keeps its messages as sentences in English, with the values in them: what a webhook and the API answer.
Pages find the sentence again by its form (`sentences/<locale>.json`: English to the other language, with
named places). What nobody here wrote, such as an accounting platform's own reason, stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "sentences"
_ENGLISH = "en-us"
# A day's trouble, with the record it is about; then how many more, and that the schedule was switched off.
_DAY = re.compile(
    r"(?:(?P<day>\d{4}-\d{2}-\d{2}): )?(?P<message>.+?)(?: \(record (?P<record>[^()]+)\))?"
    r"(?: And (?P<rest>\d+) more\.)?(?: (?P<notice>Scheduled syncs have failed .+))?",
    re.DOTALL,
)
_NEXT_DAY = re.compile(r" (?=\d{4}-\d{2}-\d{2}: )")
_RECORD = {"fr-fr": "(enregistrement {record})"}
_MORE = {"fr-fr": "Et {rest} autres."}
# How deep a message may lie within another.
_DEEPEST = 3


def translated(message: str, locale: str, show_day: Callable[[date], str]) -> str | None:
    """A sync's message in a locale; None where nothing of it is known there."""
    if locale == _ENGLISH:
        return message
    parts, is_known = [], False
    for part in _NEXT_DAY.split(message):
        found = _DAY.fullmatch(part)
        own = _sentence(found["message"], locale) if found else None
        if found is None or own is None:
            parts.append(part)
            continue
        is_known = True
        notice = found["notice"]
        day = f"{show_day(date.fromisoformat(found['day']))}\u00a0: " if found["day"] else ""
        parts += [f"{day}{own}"]
        parts += [_RECORD[locale].format(record=found["record"])] if found["record"] else []
        parts += [_MORE[locale].format(rest=found["rest"])] if found["rest"] else []
        parts += [_sentence(notice, locale) or notice] if notice else []
    return " ".join(parts) if is_known else None


def _sentence(message: str, locale: str, depth: int = 0) -> str | None:
    for pattern, other in _patterns(locale):
        found = pattern.fullmatch(message)
        if found:
            values = found.groupdict()
            for name in ("message", "called"):
                if name in values and depth < _DEEPEST:
                    values[name] = _sentence(values[name], locale, depth + 1) or values[name]
            return other.format(**values)
    return None


@cache
def _patterns(locale: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence's form and what it is in the locale; the most literal first."""
    known: dict[str, str] = json.loads((_FOLDER / f"{locale}.json").read_text(encoding="utf-8"))
    ordered = sorted(known, key=lambda text: (text.startswith("{"), -len(text)))
    return tuple((_pattern(text), known[text]) for text in ordered)


def _pattern(text: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", text)
    return re.compile(
        "".join(f"(?P<{piece}>.*?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)),
        re.DOTALL,
    )
