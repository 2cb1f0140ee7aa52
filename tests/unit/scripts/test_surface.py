# ruff: noqa: E501, SIM905 - tables to read
"""The listing of FreeCAD's API and the allowlist agree, and nothing dangerous is in either by mistake."""

from __future__ import annotations

import gzip
import json

import pytest

from atolye.scripts.surface import FOLDER, listed_versions, listing_name, policy, surface

REACHING_OUT = (
    "read", "write", "save", "saveas", "load", "restore", "export", "import", "open", "file", "dump", "observer",
    "param", "python", "proxy", "extension", "pickle",
)  # fmt: skip
HARMLESS = set(
    """BaseProfileType CreateOpenSolidMode FirstParameter FixSameParameterMode LastParameter MapPathParameter
    OffsetOpenResult OpenVertices Parameter ParameterRange Profile TypeReadOnly fixSameParameter
    getGeometryWithDependentParameters getParameterByLength hasExtension isLoaded isReady loadInitSurface
    openTransaction openWires parameter parameterAt parameterAtDistance parameters parametric
    readParametersFromFeature reparametrize reversedParameter setApproxParam setConstrParam setParameterRange
    setResolParam writeParametersToFeature""".split()
)
"""Names that only sound like it: parameters along curves, open wires, profiles of sweeps."""


def test_every_listing_is_named_after_its_version() -> None:
    for version in listed_versions():
        listing = json.loads(gzip.decompress((FOLDER / listing_name(version)).read_bytes()))
        assert listing["freecad"] == version
        assert len(listing["types"]) > 150
        assert len(listing["objects"]) > 150


def test_a_version_without_a_listing_is_judged_by_the_newest_one() -> None:
    assert surface("1.1.99").freecad == listed_versions()[-1]


@pytest.mark.parametrize(
    "module", ["FreeCAD", "FreeCAD.Base", "FreeCAD.Units", "Part", "Draft", "Mesh", "math", "numpy"]
)
def test_every_allowed_name_of_a_module_exists(module: str) -> None:
    known = surface()
    assert {name: known.module_member(module, name) for name in known.module_names(module)} == dict.fromkeys(
        known.module_names(module), "ok"
    )


def test_no_allowed_attribute_sounds_like_files_or_code_without_having_been_looked_at() -> None:
    names = policy()["values"]["names"].split()
    suspicious = {name for name in names if any(word in name.lower() for word in REACHING_OUT)} - HARMLESS
    assert {name for name in suspicious if "thread" not in name.lower()} == set()  # read, as in "thread"


def test_no_attribute_is_both_allowed_and_forbidden() -> None:
    values = policy()["values"]
    allowed = set(values["names"].split()) | set(values["python"].split())
    assert allowed & set(values["forbidden"].split()) == set()
    assert not [name for name in allowed if name.startswith("_")]


def test_allowed_builtins_exist_and_run_no_code_from_text() -> None:
    import builtins

    names = policy()["builtins"]["names"].split()
    assert all(hasattr(builtins, name) for name in names)
    dangerous = set(
        "eval exec compile open input getattr setattr delattr vars globals locals type object super".split()
    )
    assert not dangerous & set(names)


@pytest.mark.spec("18.03")
def test_kinds_that_carry_python_or_files_are_forbidden() -> None:
    known = surface()
    for type_id in (
        "Part::FeaturePython",
        "App::FeaturePython",
        "Part::ImportStep",
        "Mesh::Export",
        "Image::ImagePlane",
    ):
        assert known.object_type(type_id) == "forbidden"
    assert not [
        each for each in known.object_types if "Python" in each or "Import" in each or "Export" in each
    ]
    for type_id in known.object_types:
        kinds = set(known.properties(type_id).values())
        assert not kinds & {"App::PropertyFile", "App::PropertyPath"}, type_id


def test_a_deprecation_of_an_attribute_needs_a_kind_where_others_have_the_same_name() -> None:
    known = surface()
    assert known.value_deprecation("Center", None) is None  # boxes have a centre of their own
    assert known.value_deprecation("Center", "Part.Circle") == "Location"
    assert known.value_deprecation("Center", "FreeCAD.BoundBox") is None
    assert known.value_deprecation("Midplane", "object:PartDesign::Pad") == "SideType"
