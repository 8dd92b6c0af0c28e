"""A chart of outcomes by day: stacked bars in an SVG without a script, measured here, drawn in a template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from daybook.frozen import frozen
from daybook.services.portal_dashboard import DayOutcome

WIDTH, HEIGHT = 1000, 160
# However few failed among however many: it must be seen.
_LEAST = 4
# The steps of the scale: 1, 2 or 5 times a power of ten, and so many lines at most.
_STEPS = (1, 2, 5)
_LINES = 4


@frozen
class Bar:
    """A part of a day's bar: which outcome, where, how large."""

    outcome: str
    x: float
    y: float
    width: float
    height: float


@frozen
class Chart:
    """Bars, the heights of the scale's lines, the number at the highest of them, days to write below."""

    bars: Sequence[Bar]
    lines: Sequence[float]
    top: int
    labels: Sequence[date]
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(outcomes: Sequence[DayOutcome]) -> Chart:
    """The chart of some days, oldest first."""
    most = max(1, *(day.total for day in outcomes))
    step = _step(most)
    top = step * -(-most // step)
    slot = WIDTH / len(outcomes)

    def height(number: int) -> float:
        return round((HEIGHT - 1) * number / top, 2)

    return Chart(
        [
            bar
            for place, day in enumerate(outcomes)
            for bar in _stack(day, (place + 0.12) * slot, slot * 0.76, height)
        ],
        [round(HEIGHT - height(number), 2) for number in range(step, top + 1, step)],
        top,
        [outcomes[0].day, outcomes[len(outcomes) // 2].day, outcomes[-1].day],
    )


def _stack(day: DayOutcome, x: float, width: float, height: Callable[[int], float]) -> Iterator[Bar]:
    """The parts of a day's bar, from the ground up."""
    y: float = HEIGHT
    for outcome, number in (("written", day.written), ("nothing", day.nothing), ("failed", day.failed)):
        if number:
            tall = max(height(number), _LEAST) if outcome == "failed" else height(number)
            y = round(y - tall, 2)
            yield Bar(outcome, round(x, 2), y, round(width, 2), tall)


def _step(most: int) -> int:
    """The step of a scale of few lines that reaches a number."""
    power = 1
    while True:
        for step in _STEPS:
            if most <= _LINES * step * power:
                return step * power
        power *= 10
