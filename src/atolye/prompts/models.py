"""What a reader of free text answers: plain data, whoever the reader is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from atolye.designs.notes import Warning


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text was understood, for people and for ``--json``."""

    family: str | None
    fields: dict[str, Any]
    """The family's fields as stated, in mm and degrees."""
    assumed: list[dict[str, Any]]
    """What the text does not say outright: ``{"field", "value", "because"}``."""
    not_understood: list[str]
    """Words of the text that were not understood and may carry meaning."""
    candidates: list[dict[str, Any]]
    """What else it could have been: ``{"family", "fields", "because"}``; empty when it is clear."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {
            "family": self.family,
            "fields": self.fields,
            "assumed": self.assumed,
            "not_understood": self.not_understood,
            "candidates": self.candidates,
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A request for parameters that a text was read as."""

    request: dict[str, Any]
    """A raw request; ``designs.service.canonicalise`` reads it like any other."""
    reading: Reading
    warnings: tuple[Warning, ...] = field(default=())
    """What the reading assumed (``info``) or did not understand (``warning``)."""
