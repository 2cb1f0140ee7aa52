"""Reads a request's JSON strictly: what two readers could understand differently is refused."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

from atolye.errors import AtolyeError

DEEPEST = 32
"""Levels of nesting that a request may have; the deepest real one (holes with positions) has five."""


def read_json_object(content: bytes, *, largest_bytes: int) -> dict[str, Any]:
    """The JSON object in ``content`` (UTF-8, with or without a byte order mark).

    Raises:
        AtolyeError: ``REQUEST_TOO_LARGE`` above ``largest_bytes``; ``REQUEST_NOT_JSON`` with line and
            column, also for NaN and Infinity; ``REQUEST_DUPLICATE_KEY``; ``REQUEST_TOO_DEEP``;
            ``REQUEST_NOT_OBJECT`` for any other JSON value.
    """
    if len(content) > largest_bytes:
        raise AtolyeError("REQUEST_TOO_LARGE", limit=largest_bytes)
    try:
        value = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise AtolyeError("REQUEST_TOO_DEEP", limit=DEEPEST) from None
    except UnicodeDecodeError as problem:
        raise AtolyeError("REQUEST_NOT_JSON", problem=f"byte {problem.start}: not UTF-8") from None
    except ValueError as problem:  # JSONDecodeError, and integers of thousands of digits
        raise AtolyeError("REQUEST_NOT_JSON", problem=str(problem)) from None
    if not isinstance(value, dict):
        raise AtolyeError("REQUEST_NOT_OBJECT", found=type(value).__name__)
    _check_depth(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = sorted(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise AtolyeError("REQUEST_DUPLICATE_KEY", field=twice[0], keys=", ".join(twice))
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _check_depth(value: dict[str, Any]) -> None:
    """Walks level by level, so that no nesting can exhaust the stack."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise AtolyeError("REQUEST_TOO_DEEP", limit=DEEPEST)
