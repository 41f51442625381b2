"""Answers of objects that never change, kept for the life of the object.

A store or a compiled catalog is one file that is only ever replaced, so what it answered once it answers
always; new content is a new object, with nothing remembered. Nothing can be stale.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Self_ = TypeVar("Self_", bound=Any)
P = ParamSpec("P")
R = TypeVar("R")

MOST = 200
"""Answers an object remembers; a card is near 20 kB, most others are far smaller."""


def remembered(method: Callable[Concatenate[Self_, P], R]) -> Callable[Concatenate[Self_, P], R]:
    """Let `method` answer again from `self.memory`, a dict; None for an object that does change.

    Arguments are hashable and positional; answers are immutable, or nobody changes them.
    """

    @wraps(method)
    def answer(self: Self_, *args: P.args, **kwargs: P.kwargs) -> R:
        memory: dict[Any, Any] | None = self.memory
        if memory is None:
            return method(self, *args, **kwargs)
        key = (method.__name__, *args)
        try:
            found: R = memory[key]
        except KeyError:
            if len(memory) >= MOST:
                memory.clear()  # simplest: what is in use comes back with the next few pages
            found = memory[key] = method(self, *args, **kwargs)
        return found

    return answer
