"""The four kinds of request that a design can begin with: one union, told apart by ``type``.

These models state the envelope: what the API itself has to know. What a family's fields mean, in which
language and unit they were written and whether they fit together is judged by ``atolye.designs``, for every
caller alike; so fields that are not named here pass through a :class:`ParamsRequest` as they are.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, JsonValue, TypeAdapter, model_validator


def _judged(shape: str, description: str, example: JsonValue) -> Any:
    """A field that OpenAPI shows and ``atolye.designs`` reads."""
    shown: dict[str, JsonValue] = {"type": shape, "examples": [example]}
    return Field(default=None, description=description, json_schema_extra=shown)


ShortText = Annotated[str, Field(min_length=1, max_length=200)]
Units = Literal["um", "mm", "cm", "m", "in", "ft"]
Format = Literal["step", "iges", "brep", "stl", "obj", "ply", "3mf", "glb", "dxf", "dwg", "ifc", "fcstd"]

PARAMS_EXAMPLES: Final[list[JsonValue]] = [
    {
        "type": "params",
        "family": "block_with_hole",
        "length": 100,
        "width": 50,
        "height": 30,
        "hole_diameter": 10,
        "material": "aluminium",
        "process": "milling",
    },
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
ASSEMBLY_EXAMPLES: Final[list[JsonValue]] = [
    {
        "type": "a4",
        "parts": [{"id": "base", "request": {"family": "box", "length": 50, "width": 50, "height": 5}}],
        "constraints": [],
    }
]


class ParamsRequest(BaseModel):
    """A part from parameters: a family's fields beside each other, with Turkish or English names."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": PARAMS_EXAMPLES})

    type: Literal["params"]
    family: Any = _judged("string", "What to make; `GET /api/v1/families` lists them", "block_with_hole")
    parameters: Any = _judged(
        "object", "The family's fields, when they are not beside `type`", {"length": 100, "width": "4,17 cm"}
    )
    units: Any = _judged("string", "Unit of bare lengths: um, mm, cm, m, in, ft", "mm")
    material: Any = _judged("string", "A grade or a class; `GET /api/v1/materials` lists them", "aluminium")
    process: Any = _judged("string", "How it is made; its rules are then checked", "milling")
    machine: Any = _judged("string", "A machine of the catalogue; implies its process", "3 axis mill")
    exports: Any = _judged("array", "Formats, such as step, stl, glb, png", ["step", "stl"])
    step_schema: Any = _judged("string", "AP203, AP214 or AP242", "AP214")
    mesh: Any = _judged("object", "Deflections of the tessellation", {"linear_deflection_mm": 0.1})
    manufacturing_checks: Any = _judged("boolean", "Whether manufacturability is checked", True)


class PromptRequest(BaseModel):
    """A part from a sentence, in Turkish or English, or from a FreeCAD script of the caller's own."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"type": "prompt", "prompt": "100 x 50 x 30 mm aluminium block, 10 mm hole in the middle"}
            ]
        },
    )

    type: Literal["prompt"]
    prompt: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")] | None = None
    script: Annotated[str, Field(min_length=1, max_length=1_000_000)] | None = None
    language: Literal["tr", "en"] | None = None
    units: Units = "mm"
    material: ShortText | None = None
    process: ShortText | None = None
    machine: ShortText | None = None
    exports: Any = _judged("array", "Formats, such as step, stl, glb, png", ["step", "stl"])
    step_schema: Any = _judged("string", "AP203, AP214 or AP242", "AP214")
    mesh: Any = _judged("object", "Deflections of the tessellation", {"linear_deflection_mm": 0.1})
    manufacturing_checks: Any = _judged("boolean", "Whether manufacturability is checked", True)


class StoredObject(BaseModel):
    """A file that the caller has put into the object store."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: Annotated[str, Field(min_length=1, max_length=1024)]
    bucket: Annotated[str, Field(min_length=3, max_length=63)] | None = None
    version_id: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class UploadRequest(BaseModel):
    """A part from a file; the file itself is in the object store, the request names it."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"type": "upload", "source": {"key": "uploads/bracket.step"}, "format": "step"}]
        },
    )

    type: Literal["upload"]
    source: StoredObject
    format: Format | None = None
    units: Units | None = None
    material: ShortText | None = None


class AssemblyRequest(BaseModel):
    """An assembly, as ``parts`` and ``constraints`` (Assembly4) or as ``components`` and ``joints``."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": list(ASSEMBLY_EXAMPLES)})

    type: Literal["a4"]
    parts: Annotated[list[dict[str, Any]], Field(min_length=1)] | None = None
    constraints: list[dict[str, Any]] = Field(default_factory=list)
    components: Annotated[list[dict[str, Any]], Field(min_length=1)] | None = None
    joints: list[dict[str, Any]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_dialect(self) -> AssemblyRequest:
        if (self.parts is None) == (self.components is None):
            raise ValueError("either parts or components")
        return self


DesignRequest = Annotated[
    ParamsRequest | PromptRequest | UploadRequest | AssemblyRequest, Discriminator("type")
]
"""Any of the four."""

DESIGN_REQUEST: Final[TypeAdapter[ParamsRequest | PromptRequest | UploadRequest | AssemblyRequest]] = (
    TypeAdapter(DesignRequest)
)
KINDS: Final[dict[str, type[BaseModel]]] = {
    "prompt": PromptRequest,
    "params": ParamsRequest,
    "upload": UploadRequest,
    "a4": AssemblyRequest,
}
