"""What the allocator keeps of freed memory, given back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Have glibc return what is free (1 ms); elsewhere nothing is done.

    Each publication frees a whole generation of content, in pieces that lie between what stays. Measured
    with a publication a second for ten minutes: a worker grew by 43 % without this, by 18 % with it.
    """
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], object] | None:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
