"""Materials, processes and machines: their data, their names, what goes with what."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from atolye.designs import materials as catalogue
from atolye.designs.manufacturing import rules_for
from atolye.designs.materials import find_material, materials, nearest_materials, parse
from atolye.designs.processes import find_machine, find_process, machines, processes
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError

BOX = {"family": "box", "length": 100, "width": 50, "height": 30}
DATA = files("atolye.designs.data").joinpath("materials.toml").read_text(encoding="utf-8")


def refusal(**raw: Any) -> AtolyeError:
    with pytest.raises(AtolyeError) as caught:
        canonicalise({**BOX, **raw})
    return caught.value


def test_there_are_many_materials_with_plausible_values() -> None:
    assert len(materials()) >= 20
    for material in materials().values():
        shear_gpa = material.youngs_modulus_gpa / (2 * (1 + material.poisson_ratio))
        assert 0.1 < shear_gpa < 90  # PTFE is the softest
        assert material.processes <= processes().keys(), material.key
        assert material.yield_mpa < 15 * material.youngs_modulus_gpa * 10


@pytest.mark.parametrize(
    ("key", "density", "youngs", "poisson"),
    [
        ("aluminium_6061_t6", 2700, 68.9, 0.33), ("steel_s235jr", 7850, 210, 0.3),
        ("stainless_steel_1_4301", 7900, 200, 0.3), ("brass_cuzn39pb3", 8470, 97, 0.34),
        ("titanium_ti6al4v", 4430, 113.8, 0.342), ("abs", 1050, 2.3, 0.37), ("pla", 1240, 3.5, 0.36),
    ],
)  # fmt: skip
def test_materials_have_their_handbook_values(
    key: str, density: float, youngs: float, poisson: float
) -> None:
    material = materials()[key]
    assert (material.density_kg_m3, material.youngs_modulus_gpa, material.poisson_ratio) == (
        density,
        youngs,
        poisson,
    )


@pytest.mark.spec("14.24", "14.25")
@pytest.mark.parametrize(
    ("text", "key", "by_class"),
    [
        ("alüminyum", "aluminium_6061_t6", True), ("ALÜMİNYUM", "aluminium_6061_t6", True),
        ("ALUMINYUM", "aluminium_6061_t6", True), ("aluminum", "aluminium_6061_t6", True),
        ("alüminyum 6061", "aluminium_6061_t6", False), ("6061-T6", "aluminium_6061_t6", False),
        ("AlMg1SiCu", "aluminium_6061_t6", False), ("EN AW-6061", "aluminium_6061_t6", False),
        ("Alüminyum 7075-T6", "aluminium_7075_t6", False), ("aluminium_6061_t6", "aluminium_6061_t6", False),
        ("çelik", "steel_s235jr", True), ("ÇELİK", "steel_s235jr", True), ("celik", "steel_s235jr", True),
        ("steel", "steel_s235jr", True), ("S235JR", "steel_s235jr", False),
        ("çelik S355", "steel_s355j2", False),
        ("C45 çelik", "steel_c45", False), ("1.4301", "stainless_steel_1_4301", False),
        ("paslanmaz", "stainless_steel_1_4301", True), ("paslanmaz çelik", "stainless_steel_1_4301", True),
        ("PASLANMAZ ÇELİK 304", "stainless_steel_1_4301", False),
        ("316L", "stainless_steel_1_4404", False),
        ("pirinç", "brass_cuzn39pb3", True), ("bakır", "copper_cu_etp", True), ("PLA", "pla", False),
        ("naylon", "nylon_pa6", True), ("delrin", "pom_c", False), ("titanyum", "titanium_ti6al4v", True),
    ],
)  # fmt: skip
def test_a_material_is_found_by_any_of_its_names(text: str, key: str, by_class: bool) -> None:
    found = find_material(text)
    assert found is not None
    assert (found.material.key, found.by_class) == (key, by_class)


@pytest.mark.parametrize("text", ["unobtainium", "çelik 6061", "", "tahta"])
def test_an_unknown_material_is_422_with_its_field_and_the_nearest(text: str) -> None:
    assert find_material(text) is None
    error = refusal(material=text)
    assert (error.http_status, error.code, error.field) == (422, "VALIDATION_UNKNOWN_MATERIAL", "material")
    assert error.details["candidates"] == nearest_materials(text)


def test_a_misspelled_material_is_offered_the_right_one() -> None:
    assert "aluminium_6061_t6" in refusal(material="alüminyom").details["candidates"]


# ---- data are data (18.11) -----------------------------------------------------------------------


@pytest.mark.spec("18.11")
def test_altered_material_data_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "DATA_SHA256", "0" * 64)
    with pytest.raises(AtolyeError) as caught:
        materials.__wrapped__()
    assert caught.value.code == "CONFIG_MATERIAL_DATA"


@pytest.mark.spec("18.11")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("density_kg_m3 = 2700", "density_kg_m3 = 2.7"),  # g/cm³
        ("density_kg_m3 = 2700", 'density_kg_m3 = "2700"'),
        ("density_kg_m3 = 2700", "density_kg_m3 = nan"),
        ("youngs_modulus_gpa = 68.9", "youngs_modulus_gpa = 68900"),  # MPa
        ("poisson_ratio = 0.33", "poisson_ratio = true"),
        ("rgba = [0.77, 0.78, 0.80, 1.0]", "rgba = [196, 199, 204, 255]"),
        ('group = "aluminium"', 'group = ""'),
        ('group = "aluminium"', 'group = "aluminium"\nhook = "os.system"'),
        ("expansion_um_mk = 23.6\n", ""),
        ('names = ["6061"', 'names = [6061, "6061"'),
        ("[aluminium_6061_t6]", "[aluminium_6061_t6"),
    ],
)
def test_unsound_material_data_are_refused(old: str, new: str) -> None:
    assert old in DATA
    with pytest.raises(AtolyeError) as caught:
        parse(DATA.replace(old, new, 1))
    assert caught.value.code == "CONFIG_MATERIAL_DATA"


# ---- processes and machines ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("frezeleme", "milling"), ("FREZELEME", "milling"), ("milling", "milling"), ("cnc", "milling"),
        ("CNC Freze", "milling"), ("tornalama", "turning"), ("torna", "turning"), ("turning", "turning"),
        ("3d baskı", "3d_printing"), ("3D printing", "3d_printing"), ("3d_printing", "3d_printing"),
        ("FDM", "3d_printing"), ("enjeksiyon", "injection_molding"),
        ("injection_molding", "injection_molding"),
        ("injection moulding", "injection_molding"), ("döküm", "casting"), ("casting", "casting"),
        ("lazer kesim", "laser_cutting"), ("laser cutting", "laser_cutting"), ("su jeti", "waterjet_cutting"),
    ],
)  # fmt: skip
def test_a_process_is_found_by_any_of_its_names(text: str, key: str) -> None:
    found = find_process(text)
    assert found is not None
    assert found.key == key


@pytest.mark.spec("06.26", "01.05")
@pytest.mark.parametrize(
    ("material", "process", "allowed"),
    [
        ("ABS", "injection_molding", True), ("PP", "injection_molding", True),
        ("steel", "injection_molding", False),
        ("aluminium", "injection_molding", False), ("aluminium", "milling", True), ("titanium", "cnc", True),
        ("POM", "milling", True), ("PLA", "milling", False), ("PLA", "3d_printing", True),
        ("ABS", "3d_printing", True), ("PETG", "3d_printing", True), ("nylon", "3d_printing", True),
        ("steel", "3d_printing", False), ("POM", "3d_printing", False), ("GG25", "döküm", True),
    ],
)  # fmt: skip
def test_material_and_process_must_go_together(material: str, process: str, allowed: bool) -> None:
    if allowed:
        made = canonicalise({**BOX, "material": material, "process": process})
        assert made.process is not None
        return
    error = refusal(material=material, process=process)
    assert (error.http_status, error.code, error.field) == (409, "VALIDATION_MATERIAL_PROCESS", "process")
    hints = error.body()["suggestions"]
    suited = {key for key, each in materials().items() if error.details["process"] in each.processes}
    assert suited
    assert all(key in hints[1]["en"] for key in suited)
    assert hints[0]["tr"] != hints[0]["en"]


def test_every_process_has_rules_for_every_material_that_it_takes() -> None:
    for material in materials().values():
        for process in material.processes:
            assert rules_for(process, material=material.key, group=material.group), (material.key, process)


def test_the_slimmest_tool_of_the_machine_decides_about_inner_radii() -> None:
    box = {**BOX, "material": "aluminium", "machine": "Haas VF-2"}
    manufacturing = canonicalise(box).to_wire()["manufacturing"]
    assert manufacturing is not None
    assert manufacturing["rules"]["min_internal_radius_mm"] == 0.5


def test_a_machine_implies_its_process_and_must_agree_with_a_named_one() -> None:
    request = canonicalise({**BOX, "material": "PLA", "makine": "prusa mk4"})
    assert request.process is not None
    assert (request.machine and request.machine.key, request.process.key) == ("prusa_mk4", "3d_printing")
    assert "PROCESS_FROM_MACHINE" in {each.code for each in request.warnings}
    agreeing = canonicalise({**BOX, "material": "PLA", "machine": "MK4", "process": "fdm"})
    assert agreeing.sha256 == request.sha256
    error = refusal(material="ABS", machine="MK4", process="milling")
    assert (error.http_status, error.code) == (409, "VALIDATION_MACHINE_PROCESS")


@pytest.mark.spec("06.27")
def test_a_process_may_be_written_where_a_machine_is_asked_for() -> None:
    by_machine = canonicalise({**BOX, "malzeme": "alüminyum", "makine": "CNC freze"})
    by_process = canonicalise({**BOX, "material": "aluminium", "process": "milling"})
    assert by_machine.sha256 == by_process.sha256


def test_a_part_must_fit_its_machine_however_it_is_turned() -> None:
    upright = {
        "family": "box",
        "length": 205,
        "width": 215,
        "height": 245,
        "material": "PLA",
        "machine": "MK4",
    }
    assert canonicalise(upright).machine is not None
    error = refusal(length=251, material="PLA", machine="MK4")
    assert (error.http_status, error.code) == (409, "VALIDATION_PART_TOO_LARGE")
    assert "250 × 210 × 220" in error.message_en


def test_a_lathe_swings_what_is_round_by_its_diameter_and_what_is_square_by_its_diagonal() -> None:
    lathe = find_machine("ST-10")
    assert lathe is not None
    assert lathe.takes((350, 350, 400), rotational=True)
    assert not lathe.takes((350, 350, 400), rotational=False)
    assert lathe.takes((250, 400, 250), rotational=False)
    assert not lathe.takes((100, 100, 500), rotational=True)


def test_machines_name_known_processes_and_have_room() -> None:
    for machine in machines().values():
        assert machine.processes
        assert machine.takes((10, 10, 10), rotational=False)
        assert not machine.takes((5000, 5000, 5000), rotational=True)


def test_an_unknown_process_or_machine_lists_what_there_is() -> None:
    assert "milling" in refusal(material="steel", process="sihir").message_tr
    assert "haas_vf_2" in refusal(material="steel", machine="Haas VF-3").details["candidates"]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_materials_processes_and_machines_describe_themselves(language: str) -> None:
    for each in (*materials().values(), *processes().values(), *machines().values()):
        assert each.describe(language)["name"]
