"""What was measured, as rows: median and spread of the rounds, beside the aim."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """One figure."""

    name: str
    rounds: Sequence[float]
    unit: str = ""
    aim: float | None = None
    better: Literal["more", "less"] = "less"

    @property
    def median(self) -> float:
        """The middle one of the rounds."""
        return statistics.median(self.rounds)

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        if self.aim is None:
            return None
        return self.median >= self.aim if self.better == "more" else self.median <= self.aim

    def as_dict(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return {
            "name": self.name,
            "median": self.median,
            "low": min(self.rounds),
            "high": max(self.rounds),
            "unit": self.unit,
            "aim": self.aim,
            "met": self.is_met,
        }


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table for people."""
    yield f"{'what':66}{'median':>9} {'unit':6}{'spread':>19}   aim"
    for row in rows:
        spread = f"{_short(min(row.rounds))} – {_short(max(row.rounds))}" if len(row.rounds) > 1 else ""
        sign = "≥" if row.better == "more" else "≤"
        aim = f"{sign} {_short(row.aim)}  {'met' if row.is_met else 'MISSED'}" if row.aim is not None else ""
        yield f"{row.name:66}{_short(row.median):>9} {row.unit:6}{spread:>19}   {aim}".rstrip()


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
