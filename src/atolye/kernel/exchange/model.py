"""What is exported: one built part with everything that a writer may need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atolye.kernel.canonical import canonical_json
from atolye.kernel.measure.parts import Parts
from atolye.kernel.measure.tessellation import Tessellation
from atolye.kernel.session import Session

Options = Mapping[str, Any]
"""The request's entry for one export, such as ``{"kind": "solid.step", "schema": "AP214"}``."""

Metadata = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A finished part.

    Attributes:
        obj: the document's final object; ``parts`` are those of its ``Shape`` (mm).
        parameters: alias to ``{"value", "unit"}``, sorted.
    """

    session: Session
    obj: Any
    parts: Parts
    tessellation: Tessellation
    material: Mapping[str, Any]
    parameters: dict[str, dict[str, Any]]

    @property
    def shape(self) -> Any:
        return self.parts.shape

    @property
    def rgba(self) -> tuple[float, float, float, float]:
        """The material's colour, sRGB and opacity, each 0 to 1."""
        red, green, blue, alpha = (min(max(float(channel), 0.0), 1.0) for channel in self.material["rgba"])
        return red, green, blue, alpha

    @property
    def material_name(self) -> str:
        """The material's key, fit for XML and JSON."""
        return "".join(letter for letter in str(self.material["key"]) if letter.isalnum() or letter in "-_.")

    @property
    def parameters_sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.parameters)).hexdigest()
