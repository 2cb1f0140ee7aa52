"""What the kernel writes, read by others: OCP, trimesh, the Khronos validator, the standard library."""

from __future__ import annotations

import hashlib
import json
import math
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from OCP.BRep import BRep_Builder
from OCP.BRepGProp import BRepGProp
from OCP.BRepTools import BRepTools
from OCP.GProp import GProp_GProps
from OCP.IGESControl import IGESControl_Reader
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS_Shape

from atolye.engine import Engine, Finished
from atolye.wire import EXPORT_FILES
from tests.engine.conftest import BLOCK, request_for
from tests.engine.test_kernel_determinism import BEARING, BRACKET
from tests.support.inside import run_inside
from tests.support.readers import step_volume_mm3

pytestmark = pytest.mark.engine

PROBE = Path(__file__).with_name("probe_kernel.py")
VALIDATOR = Path(__file__).resolve().parents[1] / "gltf" / "validate.js"
RGBA = (0.8, 0.8, 0.82, 1.0)
REQUESTS = {
    "block": request_for("block_with_hole", BLOCK, tuple(EXPORT_FILES)),
    "bracket": request_for("l_bracket", BRACKET, tuple(EXPORT_FILES)),
    "bearing": request_for("deep_groove_bearing", BEARING, tuple(EXPORT_FILES)),
    "cone": request_for(
        "cone", {"base_diameter": 20.0, "top_diameter": 0.0, "height": 30.0}, tuple(EXPORT_FILES)
    ),
}
PARTS = tuple(REQUESTS)

Made = dict[str, tuple[Finished, Path]]


@pytest.fixture(scope="module")
def made(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Every part in every format."""
    result = {}
    for name, request in REQUESTS.items():
        folder = tmp_path_factory.mktemp(name)
        result[name] = (engine.run(request, folder), folder)
    return result


def file_of(made: Made, part: str, kind: str) -> Path:
    return made[part][1] / EXPORT_FILES[kind]


def volume_of(made: Made, part: str) -> float:
    """In mm³; against closed forms it is held by the tests of the families."""
    return float(made[part][0].result["metrics"]["display"]["volume_mm3"])


def artefact(made: Made, part: str, kind: str) -> dict[str, Any]:
    return next(event for event in made[part][0].artefacts if event["kind"] == kind)


def occ_volume(shape: TopoDS_Shape) -> float:
    properties = GProp_GProps()
    BRepGProp.VolumeProperties_s(shape, properties)
    return float(properties.Mass())


def occ_solids(shape: TopoDS_Shape) -> int:
    explorer, count = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_SOLID), 0
    while explorer.More():
        count += 1
        explorer.Next()
    return count


# ---- all formats ---------------------------------------------------------------------------------


@pytest.mark.spec("06.01", "06.24")
@pytest.mark.parametrize("part", PARTS)
def test_every_export_is_announced_with_its_true_size_and_hash(made: Made, part: str) -> None:
    finished, folder = made[part]
    assert sorted(event["kind"] for event in finished.artefacts) == sorted(EXPORT_FILES)
    assert finished.warnings == ()
    for event in finished.artefacts:
        data = (folder / event["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (event["size_bytes"], event["sha256"])


@pytest.mark.spec("09.01", "09.10", "09.11", "10.03")
@pytest.mark.parametrize("kind", EXPORT_FILES)
def test_the_metadata_say_what_wrote_the_file_and_how(made: Made, kind: str) -> None:
    metadata = artefact(made, "block", kind)["metadata"]
    assert metadata["exporter"]["freecad"].startswith("1.1.")
    assert re.fullmatch(r"7\.[89]\.\d+", metadata["exporter"]["occt"])
    assert {"python", "numpy", "freecad_hash"} <= set(metadata["exporter"])
    assert metadata["tolerances"]["linear_deflection_mm"] == 0.1
    assert metadata["tolerances"]["angular_deflection_deg"] == 5.0
    assert metadata["tolerances"]["relative"] is False
    assert metadata["tolerances"]["parallel"] is False
    assert metadata["determinism"]["parallel"] is False
    parameters = file_of(made, "block", "parameters.json").read_bytes()
    assert metadata["parameters_sha256"] == hashlib.sha256(parameters).hexdigest()


# ---- exact formats -------------------------------------------------------------------------------

SCHEMAS = {
    "AP203": "CONFIG_CONTROL_DESIGN",
    "AP214": "AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }",
    "AP242": "AP242_MANAGED_MODEL_BASED_3D_ENGINEERING_MIM_LF { 1 0 10303 442 1 1 4 }",
}


@pytest.mark.spec("06.21", "09.04", "09.11")
@pytest.mark.parametrize("part", ["block", "bearing"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_step_file_of_each_schema_has_a_fixed_header_and_the_volume_for_others(
    engine: Engine, made: Made, tmp_path: Path, part: str, schema: str
) -> None:
    request = {**REQUESTS[part], "exports": [{"kind": "solid.step", "schema": schema}]}
    finished = engine.run(request, tmp_path)  # type: ignore[arg-type]
    path = tmp_path / "solid.step"
    text = path.read_bytes()
    header, _, _ = text.partition(b"DATA;\n")
    assert header.decode() == (
        "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('model'),'2;1');\n"
        "FILE_NAME('model','2020-01-01T00:00:00',(''),(''),'Open CASCADE','atolye','');\n"
        f"FILE_SCHEMA(('{SCHEMAS[schema]}'));\nENDSEC;\n"
    )
    assert b"\r" not in text
    assert b"SI_UNIT(.MILLI.,.METRE.)" in text
    assert math.isclose(step_volume_mm3(path), volume_of(made, part), rel_tol=1e-9)
    assert finished.artefacts[0]["metadata"]["options"]["schema"] == schema


def test_ap203_carries_the_management_data_that_its_schema_demands_and_no_references_dangle(
    engine: Engine, tmp_path: Path
) -> None:
    request = {**REQUESTS["block"], "exports": [{"kind": "solid.step", "schema": "AP203"}]}
    engine.run(request, tmp_path)  # type: ignore[arg-type]
    body = (tmp_path / "solid.step").read_text().partition("DATA;")[2]
    defined = set(re.findall(r"^#(\d+) = ", body, re.MULTILINE))
    used = set(re.findall(r"#(\d+)", re.sub(r"^#\d+ = ", "", body, flags=re.MULTILINE)))
    assert used <= defined
    for entity in (
        "MECHANICAL_CONTEXT",
        "DESIGN_CONTEXT",
        "PRODUCT_DEFINITION_FORMATION_WITH_SPECIFIED_SOURCE",
        "CC_DESIGN_APPROVAL",
        "CC_DESIGN_SECURITY_CLASSIFICATION",
        "APPROVAL_DATE_TIME",
        "SECURITY_CLASSIFICATION_LEVEL('unclassified')",
    ):
        assert f"= {entity}" in body
    for role in ("creator", "design_owner", "design_supplier", "classification_officer"):
        assert f"PERSON_AND_ORGANIZATION_ROLE('{role}')" in body
    assert "AUTOMOTIVE" not in body.upper()


@pytest.mark.spec("01.12", "09.02")
@pytest.mark.parametrize("part", PARTS)
def test_an_iges_file_holds_solids_of_the_same_volume_and_no_date(made: Made, part: str) -> None:
    path = file_of(made, part, "solid.iges")
    reader = IGESControl_Reader()
    reader.ReadFile(str(path))
    reader.TransferRoots()
    shape = reader.OneShape()
    assert occ_solids(shape) == made[part][0].result["metrics"]["solids"]
    assert math.isclose(occ_volume(shape), volume_of(made, part), rel_tol=1e-6)
    dates = re.findall(rb"15H(\d{8}\.\d{6})", path.read_bytes())
    assert dates == [b"20200101.000000"] * 2


@pytest.mark.parametrize("part", PARTS)
def test_a_brep_file_holds_the_exact_shape_without_triangles(made: Made, part: str) -> None:
    shape = TopoDS_Shape()
    path = file_of(made, part, "solid.brep")
    assert BRepTools.Read_s(shape, str(path), BRep_Builder())
    assert math.isclose(occ_volume(shape), volume_of(made, part), rel_tol=1e-9)
    assert b"Triangulations 0" in path.read_bytes()


# ---- the native format ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reopened(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What FreeCAD finds in the saved documents, without a recompute and after a change."""
    folder = tmp_path_factory.mktemp("documents")
    documents = {
        "block": {"object": "Cut", "change": {"length": "=120 mm"}},
        "bracket": {"object": last_object(made, "bracket"), "change": {"width": "=60 mm"}},
        "bearing": {"object": "Bearing", "change": {}},
    }
    for name in documents:
        shutil.copy(file_of(made, name, "model.fcstd"), folder / f"{name}.FCStd")
    (folder / "order.json").write_text(json.dumps({"case": "documents", "documents": documents}))
    run_inside(PROBE, folder)
    return json.loads((folder / "seen.json").read_text())


def last_object(made: Made, part: str) -> str:
    return str(made[part][0].result["topology"]["hashes"][0]["path"].split("/")[0])


@pytest.mark.spec("01.11", "06.20", "06.36")
@pytest.mark.parametrize("part", ["block", "bracket", "bearing"])
def test_a_reopened_document_has_its_volume_without_a_recompute(made: Made, reopened: Any, part: str) -> None:
    assert reopened[part]["valid"]
    assert reopened[part]["states"] == ["Up-to-date"]
    assert min(reopened[part]["ids"]) > 10000
    assert math.isclose(reopened[part]["volume"], volume_of(made, part), rel_tol=1e-11)


def test_a_saved_document_still_obeys_its_parameters(reopened: Any) -> None:
    bore = math.pi * 25 * 30
    assert reopened["block"]["expressions"] >= 7
    assert math.isclose(reopened["block"]["volume_after_change"], 120 * 50 * 30 - bore, rel_tol=1e-12)
    assert math.isclose(
        reopened["bracket"]["volume_after_change"], 2 * reopened["bracket"]["volume"], rel_tol=1e-9
    )
    assert reopened["block"]["visible"] == ["Cut"]


def test_a_session_writes_aliases_out_in_full_and_places_objects(reopened: Any) -> None:
    session = reopened["session"]
    assert math.isclose(session["length"], 7.0 * 0.5 * 3.0, rel_tol=1e-12)
    assert session["expression"] == (
        "Parameters.length * sin(Parameters.angle) + length_2 - Other.length + <<length>>.x"
    )
    assert np.allclose(session["corner"], (1.0, 3.0, 3.0), atol=1e-12)
    assert session["name"] == "model"


@pytest.mark.spec("06.20", "06.36")
@pytest.mark.parametrize("part", PARTS)
def test_a_document_is_stored_uncompressed_in_freecads_order_with_fixed_dates_and_no_thumbnail(
    made: Made, part: str
) -> None:
    with zipfile.ZipFile(file_of(made, part, "model.fcstd")) as archive:
        entries = archive.infolist()
        document = archive.read("Document.xml").decode()
    assert entries[0].filename == "Document.xml"
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(2020, 1, 1, 0, 0, 0)}
    assert not any("humbnail" in entry.filename for entry in entries)
    assert re.search(r'name="Label"[^>]*>\s*<String value="model"', document)
    for name in ("CreationDate", "LastModifiedDate"):
        assert re.search(rf'name="{name}"[^>]*>\s*<String value="2020-01-01T00:00:00\+00:00"', document)
    assert "/work" not in document
    assert "/job" not in document


# ---- meshes --------------------------------------------------------------------------------------


def stl_facets(path: Path) -> tuple[bytes, Any]:
    data = path.read_bytes()
    count = int.from_bytes(data[80:84], "little")
    assert len(data) == 84 + 50 * count
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    return data[:80], np.frombuffer(data, kind, offset=84)


def trimesh_of(points: Any, triangles: Any) -> trimesh.Trimesh:
    return trimesh.Trimesh(points, triangles, process=True)


@pytest.mark.spec("06.22", "09.03", "10.03", "10.11")
@pytest.mark.parametrize("part", PARTS)
def test_the_stl_is_binary_watertight_outward_and_has_the_counted_triangles(made: Made, part: str) -> None:
    header, facets = stl_facets(file_of(made, part, "mesh.stl"))
    metrics = made[part][0].result["metrics"]
    assert header == b"binary STL, unit: millimetre".ljust(80)
    assert len(facets) == metrics["triangles"]
    corners = facets["corners"].astype(float)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(cross, axis=1)
    assert (length > 0).all()
    assert ((cross / length[:, None] * facets["normal"]).sum(axis=1) > 0.99).all()
    mesh = trimesh.load(file_of(made, part, "mesh.stl"), force="mesh")
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    exact = volume_of(made, part)
    assert abs(mesh.volume - exact) <= metrics["display"]["area_mm2"] * 0.1
    assert math.isclose(mesh.volume, exact, rel_tol=0.01)


@pytest.mark.parametrize("part", PARTS)
def test_obj_and_3mf_hold_the_triangles_of_the_stl(made: Made, part: str) -> None:
    _, facets = stl_facets(file_of(made, part, "mesh.stl"))
    wanted = facets["corners"].reshape(-1, 3)
    lines = file_of(made, part, "mesh.obj").read_text().splitlines()
    points = np.array([line.split()[1:] for line in lines if line.startswith("v ")], dtype="<f4")
    triangles = np.array([line.split()[1:] for line in lines if line.startswith("f ")], dtype=int) - 1
    assert np.array_equal(points[triangles].reshape(-1, 3), wanted)
    bodies = bodies_of_3mf(file_of(made, part, "mesh.3mf"))
    assert np.array_equal(np.concatenate([p[t].reshape(-1, 3) for p, t in bodies]).astype("<f4"), wanted)
    assert len(bodies) == made[part][0].result["metrics"]["solids"]
    assert all(trimesh_of(p, t).is_watertight for p, t in bodies)


CORE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"


def bodies_of_3mf(path: Path) -> list[tuple[Any, Any]]:
    """Points and triangles of every object that the build names."""
    with zipfile.ZipFile(path) as package:
        assert {entry.date_time for entry in package.infolist()} == {(2020, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"
        relations = ElementTree.fromstring(package.read("_rels/.rels"))
        target = relations[0].get("Target")
        assert target == "/3D/3dmodel.model"
        model = ElementTree.fromstring(package.read(target[1:]))
    assert model.get("unit") == "millimeter"
    colour = model.find(f".//{CORE}base")
    assert colour is not None
    assert colour.get("displaycolor") == "#CCCCD1FF"
    objects = {item.get("id"): item for item in model.iter(f"{CORE}object")}
    bodies = []
    for item in model.iter(f"{CORE}item"):
        mesh = objects[item.get("objectid")]
        points = [[float(v.get(a, "")) for a in "xyz"] for v in mesh.iter(f"{CORE}vertex")]
        triangles = [[int(t.get(a, "")) for a in ("v1", "v2", "v3")] for t in mesh.iter(f"{CORE}triangle")]
        bodies.append((np.array(points), np.array(triangles)))
    return bodies


# ---- GLB -----------------------------------------------------------------------------------------


def glb(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    magic, version, length = struct.unpack("<III", data[:12])
    assert (magic, version, length) == (0x46546C67, 2, len(data))
    size, kind = struct.unpack("<II", data[12:20])
    assert kind == 0x4E4F534A
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def glb_arrays(path: Path) -> tuple[Any, Any, Any]:
    """Positions in mm, normals, triangles."""
    document, data = glb(path)
    arrays = []
    for accessor in document["accessors"]:
        view = document["bufferViews"][accessor["bufferView"]]
        kind = {5126: "<f4", 5125: "<u4"}[accessor["componentType"]]
        part = data[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        arrays.append(np.frombuffer(part, kind).reshape(-1, 3))
    return arrays[0].astype(float), arrays[1].astype(float), arrays[2]


@pytest.mark.spec("09.05")
def test_the_khronos_validator_finds_nothing_to_say_about_any_glb(made: Made) -> None:
    files = [str(file_of(made, part, "preview.glb")) for part in PARTS]
    done = subprocess.run(
        ["node", str(VALIDATOR), *files], capture_output=True, text=True, timeout=60, check=True
    )
    reports = json.loads(done.stdout)
    assert sorted(reports) == sorted(files)
    for report in reports.values():
        assert (report["numErrors"], report["numWarnings"], report["messages"]) == (0, 0, [])


@pytest.mark.spec("06.23", "09.05", "09.06")
def test_the_glb_is_in_metres_y_up_with_the_materials_colour_and_the_parameters(made: Made) -> None:
    document, _ = glb(file_of(made, "block", "preview.glb"))
    assert document["asset"]["generator"] == "atolye"
    scene = trimesh.load(file_of(made, "block", "preview.glb"))
    assert np.allclose(scene.extents, (0.1, 0.03, 0.05), atol=1e-9)
    assert math.isclose(scene.to_geometry().volume, volume_of(made, "block") * 1e-9, rel_tol=1e-4)
    colour = document["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"]
    assert np.allclose(colour[:3], [((c + 0.055) / 1.055) ** 2.4 for c in RGBA[:3]], atol=1e-5)
    extras = document["asset"]["extras"]
    sidecar = file_of(made, "block", "parameters.json").read_bytes()
    assert extras["parameters"] == json.loads(sidecar)
    assert extras["parameters_sha256"] == hashlib.sha256(sidecar).hexdigest()
    assert "extensionsUsed" not in document


def block_normal(points: Any) -> Any:
    x, y, z = points.T
    radial = np.stack([50 - x, 25 - y, 0 * z], axis=1)
    return np.where(np.isclose(np.hypot(x - 50, y - 25), 5.0, atol=1e-4)[:, None], radial / 5.0, 0.0)


def cone_normal(points: Any) -> Any:
    x, y, _ = points.T
    radius = np.hypot(x, y)
    slope = math.hypot(10.0, 30.0)
    safe = np.where(radius > 1e-3, radius, 1.0)
    normal = np.stack([x / safe * 30 / slope, y / safe * 30 / slope, np.full_like(x, 10 / slope)], axis=1)
    return np.where((radius > 1e-3)[:, None], normal, 0.0)


@pytest.mark.spec("09.05")
@pytest.mark.parametrize(("part", "formula"), [("block", block_normal), ("cone", cone_normal)])
def test_glb_normals_are_those_of_the_exact_surface(
    made: Made, part: str, formula: Callable[[Any], Any]
) -> None:
    points, normals, _ = glb_arrays(file_of(made, part, "preview.glb"))
    exact = formula(points)
    # flat faces share these points; every curved one must be among the corners with its own normal
    curved = np.abs(normals[:, 2]) < 0.999 if part == "cone" else np.abs(normals).max(axis=1) < 0.9999
    curved &= np.abs(exact).sum(axis=1) > 0
    assert curved.sum() > 60
    assert (normals[curved] * exact[curved]).sum(axis=1).min() > 1 - 1e-6


@pytest.mark.parametrize("part", PARTS)
def test_glb_normals_are_unit_vectors_on_the_outer_side_of_their_triangles(made: Made, part: str) -> None:
    points, normals, triangles = glb_arrays(file_of(made, part, "preview.glb"))
    assert np.allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-6)
    assert len(triangles) == made[part][0].result["metrics"]["triangles"]
    corners = points[triangles]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat /= np.linalg.norm(flat, axis=1)[:, None]
    for corner in range(3):
        cosine = (flat * normals[triangles[:, corner]]).sum(axis=1)
        assert np.percentile(cosine, 1) > math.cos(math.radians(6.0))
        assert cosine.min() > 0.5


# ---- pictures and parameters ---------------------------------------------------------------------


def png_pixels(path: Path) -> Any:
    """A PNG of eight bits a channel without alpha, decoded by the rules of ISO/IEC 15948."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, packed, kinds = 8, b"", []
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + size]
        assert zlib.crc32(kind + content) == int.from_bytes(data[place + 8 + size : place + 12 + size], "big")
        kinds.append(kind)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", content[:10])
        packed += content if kind == b"IDAT" else b""
        place += 12 + size
    assert kinds == [b"IHDR", b"sRGB", b"IDAT", b"IEND"]
    assert (width, height, depth, colour) == (800, 600, 8, 2)
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, -1)
    assert set(rows[:, 0]) == {2}
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(height, width, 3)


@pytest.mark.parametrize("part", PARTS)
def test_the_picture_shows_the_part_on_white_with_a_margin_its_shades_and_dark_edges(
    made: Made, part: str
) -> None:
    pixels = png_pixels(file_of(made, part, "picture.png")).astype(int)
    brightness = pixels.sum(axis=2)
    white = brightness == 3 * 255
    border = np.concatenate([white[:20].ravel(), white[-20:].ravel(), white[:, :20].ravel()])
    assert border.all()
    assert 0.1 < 1 - white.mean() < 0.9
    shades = np.unique(brightness[~white & (brightness > 150)])
    assert len(shades) >= 3
    assert (brightness < 150).sum() > 300


@pytest.mark.parametrize("part", PARTS)
def test_the_drawing_has_solid_and_dashed_lines_within_its_view(made: Made, part: str) -> None:
    tree = ElementTree.parse(file_of(made, part, "picture.svg"))
    namespace = "{http://www.w3.org/2000/svg}"
    left, top, width, height = (float(number) for number in tree.getroot().get("viewBox", "").split())
    groups = tree.getroot().findall(f"{namespace}g")
    solid = [g for g in groups if g.get("stroke-dasharray") is None]
    dashed = [g for g in groups if g.get("stroke-dasharray") is not None]
    assert solid
    assert dashed
    assert {g.get("transform") for g in groups} == {"scale(1, -1)"}
    for path in tree.getroot().iter(f"{namespace}path"):
        for x, y in re.findall(r"[ML]\s*([-\d.e]+)[ ,]+([-\d.e]+)", path.get("d", "")):
            assert left < float(x) < left + width
            assert top < -float(y) < top + height


@pytest.mark.spec("09.06")
def test_the_sidecar_holds_the_parameters_with_units_sorted(made: Made) -> None:
    text = file_of(made, "block", "parameters.json").read_text()
    assert text == (
        '{"height":{"unit":"mm","value":30.0},"hole_diameter":{"unit":"mm","value":10.0},'
        '"length":{"unit":"mm","value":100.0},"width":{"unit":"mm","value":50.0}}'
    )
    assert made["block"][0].result["parameters"] == json.loads(text)
