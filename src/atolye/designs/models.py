"""The params request as a Pydantic model, for whoever wants it typed and in OpenAPI.

The meaning of the words is judged in one place, ``designs.service``; this model calls it, so that a valid
``ParamsRequest`` is a request that can be built.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, WithJsonSchema, model_validator

from atolye.designs.canonical import CanonicalRequest
from atolye.designs.families import registry
from atolye.designs.materials import materials
from atolye.designs.outputs import SHORT_NAMES, Limits, MeshOptions
from atolye.designs.processes import machines, processes
from atolye.designs.service import canonicalise
from atolye.designs.units import LENGTHS

EXAMPLES: Final[list[dict[str, Any]]] = [
    {"type": "params", **registry()["block_with_hole"].example},
    {
        "type": "params",
        "uzunluk": "73,3 mm",
        "genişlik": "4,17 cm",
        "yükseklik": "19,9",
        "delik çapı": "7,7",
        "malzeme": "alüminyum",
        "süreç": "frezeleme",
    },
]


def _named(description: str, known: list[str]) -> WithJsonSchema:
    """A text with its known values; other spellings, in Turkish or English, are understood, too."""
    return WithJsonSchema({"type": "string", "examples": known, "description": description})


Family = Annotated[Any, _named("Part family; left out, the only one that the fields fit.", list(registry()))]
Units = Annotated[Any, _named("Unit of numbers without one; mm by default.", list(LENGTHS))]
MaterialName = Annotated[
    Any, _named("Material: a grade, or a class for its default grade.", list(materials()))
]
ProcessName = Annotated[
    Any, _named("How the part is made; without it no rule of making is checked.", list(processes()))
]
MachineName = Annotated[Any, _named("Machine of the catalogue; implies its process.", list(machines()))]
Exports = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "description": "What is made; by default the FCStd, STEP, STL, GLB and a picture.",
            "items": {
                "anyOf": [
                    {"type": "string", "examples": list(SHORT_NAMES.values())},
                    {
                        "type": "object",
                        "properties": {
                            "format": {"type": "string"},
                            "schema": {"enum": ["AP203", "AP214", "AP242"]},
                        },
                        "required": ["format"],
                    },
                ]
            },
        }
    ),
]
Mesh = Annotated[
    Any, WithJsonSchema({**MeshOptions.schema(), "description": "How finely surfaces are meshed."})
]
Checks = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [{"type": "boolean"}, Limits.schema()],
            "description": "Whether the process' rules are checked, or limits of one's own.",
        }
    ),
]
Parameters = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "object",
            "description": "The family's fields; they may stand beside the others instead.",
        }
    ),
]


class ParamsRequest(BaseModel):
    """A part from parameters: a family's fields, with Turkish or English names, and what surrounds them.

    Raises (on validation):
        AtolyeError: everything that is wrong with the request, catalogued.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": list(EXAMPLES)})

    type: Literal["params"] = "params"
    family: Family = None
    parameters: Parameters = None
    units: Units = None
    material: MaterialName = None
    process: ProcessName = None
    machine: MachineName = None
    exports: Exports = None
    step_schema: Annotated[Any, WithJsonSchema({"enum": ["AP203", "AP214", "AP242"]})] = Field(default=None)
    mesh: Mesh = None
    manufacturing_checks: Checks = None

    _canonical: CanonicalRequest = PrivateAttr()

    @model_validator(mode="after")
    def _check_meaning(self) -> ParamsRequest:
        self._canonical = canonicalise(self.model_dump())
        return self

    @property
    def canonical(self) -> CanonicalRequest:
        """The request in millimetres, complete and checked."""
        return self._canonical
