"""Writing TOML values; reading is the standard library's `tomllib`, which does not write."""

from __future__ import annotations

import datetime as dt
import json


def toml_value(value: object) -> str:
    """Return `value` (string, number, boolean, date or tuple of these) as one line of TOML."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    # JSON strings, numbers and booleans are TOML ones, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
