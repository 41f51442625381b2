"""Answers of objects that never change, kept for the life of the object.

A store or a compiled catalog is one file that is only ever replaced, so what it answered once it answers
always; new content is a new object, with nothing remembered. Nothing can be stale.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., Any])

MOST = 200
"""Answers an object remembers; a card is near 20 kB, most others are far smaller."""


def remembered(method: Method) -> Method:
    """Let `method` answer again from `self.memory`, a dict; None for an object that does change.

    Arguments are hashable and positional; answers are immutable, or nobody changes them.
    """

    @wraps(method)
    def answer(self: Any, *arguments: Any) -> Any:
        if self.memory is None:
            return method(self, *arguments)
        key = (method.__name__, *arguments)
        try:
            return self.memory[key]
        except KeyError:
            if len(self.memory) >= MOST:
                self.memory.clear()  # simplest: what is in use comes back with the next few pages
            found = self.memory[key] = method(self, *arguments)
            return found

    return cast(Method, answer)
