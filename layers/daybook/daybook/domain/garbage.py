"""Work without Python's search for garbage, where there is none to find."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Made = TypeVar("Made")


def uncollected(work: Callable[P, Made]) -> Callable[P, Made]:
    """Do work without the search for garbage that refers to itself.

    Nothing that is made of records does. Of a large day the search takes longer than the work, of a large
    push a quarter of the time.
    """

    @wraps(work)
    def do(*given: P.args, **named: P.kwargs) -> Made:
        searches = gc.isenabled()
        gc.disable()
        try:
            return work(*given, **named)
        finally:
            if searches:
                gc.enable()

    return do
