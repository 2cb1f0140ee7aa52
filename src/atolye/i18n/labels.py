"""Labels by section and key, from ``labels.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Language = Literal["tr", "en"]

FALLBACK: Final = "en"


@cache
def bundle() -> dict[str, dict[str, dict[str, str]]]:
    """All labels: section, key, language."""
    text = files(__package__ or "atolye.i18n").joinpath("labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def label(section: str, key: str, language: str) -> str:
    """The label in this language; in English when it has none there; the key itself when it is unknown."""
    known = bundle()[section].get(key, {})
    return known.get(language) or known.get(FALLBACK) or key


def metric_label(key: str, language: str) -> str:
    """Label of a metric such as ``volume``."""
    return label("metrics", key, language)


def artefact_label(kind: str, language: str) -> str:
    """Label of a kind of artefact such as ``solid.step``."""
    return label("artefacts", kind, language)


def stage_label(stage: str, language: str) -> str:
    """Label of a stage of the pipeline such as ``recompute``."""
    return label("stages", stage, language)


def state_label(state: str, language: str) -> str:
    """Label of a job's state such as ``succeeded``."""
    return label("states", state, language)


def heading(key: str, language: str) -> str:
    """Heading of a table's column such as ``artefact``."""
    return label("headings", key, language)


def message(key: str, language: str) -> str:
    """Text of a message key such as ``artefacts.not_found``."""
    return label("messages", key, language)
