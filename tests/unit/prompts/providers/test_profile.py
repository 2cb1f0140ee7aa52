"""The system prompt: what a model is told is true, complete and versioned."""

from __future__ import annotations

import json

import pytest

from atolye.designs.families import registry
from atolye.designs.features.operations import OPERATIONS
from atolye.designs.materials import materials
from atolye.designs.service import Defaults, canonicalise
from atolye.errors import AtolyeError
from atolye.prompts.answers import read_answer
from atolye.prompts.ports import PromptContext
from atolye.prompts.profiles import FREECAD_1_1, Profile, glossary_hints, profile
from atolye.prompts.proposals import proposal_of
from atolye.scripts.service import prepare

TURKISH = PromptContext(language="tr")


@pytest.fixture(scope="module")
def told() -> Profile:
    return profile(FREECAD_1_1)


@pytest.mark.spec("02.02", "02.30", "02.40")
def test_the_profile_says_what_the_specification_asks_for(told: Profile) -> None:
    for words in (
        "FreeCAD 1.1", "Assembly4", "OndselSolver", "App::Link", "sağ el", "Birim mm",
        "Yalnızca bir JSON nesnesi",
        "requires_clarification", "script_py", "parameters", "headless", "Part", "Sketcher", "Draft",
    ):  # fmt: skip
        assert words in told.system, words


@pytest.mark.spec("02.47", "02.48", "02.49", "02.50", "02.51")
def test_the_profile_names_the_part_workbench(told: Profile) -> None:
    for words in (
        "makeBox", "makeCylinder", "makeSphere", "makeCone", "makeTorus", "makeWedge", "cut, fuse, common",
        "isValid()", "isNull()", "makeLoft", "makeFillet", "makeChamfer", "makeThickness", "0,1–1000",
    ):  # fmt: skip
        assert words in told.system, words


@pytest.mark.spec("02.52", "02.53", "02.54", "02.55", "02.69")
def test_the_profile_names_checks_properties_and_units(told: Profile) -> None:
    for words in ("Volume", "Area", "CenterOfMass", "25,4 mm", "inch", "MeshPart", "tessellate"):
        assert words in told.system, words


def test_every_family_operation_and_material_is_listed(told: Profile) -> None:
    for key, family in registry().items():
        assert key in told.system
        if key != "features":
            assert all(name in told.system for name in family.specs())
    assert all(f"- {key}: " in told.system for key in OPERATIONS)
    assert all(key in told.system for key in materials())


@pytest.mark.spec("02.05", "02.30")
def test_every_example_is_an_answer_that_we_accept_ourselves(told: Profile) -> None:
    kinds = []
    for example in told.examples:
        answer = read_answer(example.answer)
        if answer.requires_clarification:
            with pytest.raises(AtolyeError, match="AI_HINT_REQUIRED"):
                proposal_of(answer, TURKISH, source="profile")
            kinds.append("asks")
            continue
        proposal = proposal_of(answer, TURKISH, source="profile")
        if proposal.request is not None:
            canonicalise(proposal.request)
            kinds.append("request")
        else:
            assert proposal.script is not None
            prepare(proposal.script, origin="ai")
            kinds.append("script")
    assert kinds == ["request", "request", "asks", "request", "script", "script"]


@pytest.mark.spec("02.30", "02.34")
def test_one_example_places_linked_parts(told: Profile) -> None:
    script = json.loads(told.examples[-1].answer)["script_py"]
    assert "App::Link" in script
    assert "App.Placement" in script
    assert "Ondsel" not in script


def test_the_version_is_that_of_everything_that_is_said(told: Profile) -> None:
    name, _, rest = told.version.partition("/")
    revision, _, digest = rest.partition("+")
    assert (name, revision.isdigit(), len(digest)) == ("freecad-1.1", True, 12)
    assert profile(FREECAD_1_1).version == told.version


@pytest.mark.spec("02.10", "02.25")
def test_a_request_carries_locale_units_and_hints_of_the_glossary(told: Profile) -> None:
    context = PromptContext(language="tr", defaults=Defaults(units="cm"))
    last = told.messages("20'lik FLANŞLAR için mil ve dişli", context)[-1]
    assert last.role == "user"
    assert "user_locale=tr-TR" in last.content
    assert "birimsiz sayılar: cm" in last.content
    assert "flanş→flange; mil→shaft; dişli→gear" in last.content
    assert last.content.endswith("İstek:\n20'lik FLANŞLAR için mil ve dişli")
    assert "en-US" in told.messages("a box", PromptContext(language="en"))[-1].content


@pytest.mark.spec("02.04")
def test_the_glossarys_five_terms_are_hints_in_any_case() -> None:
    hints = list(glossary_hints("VİDA Flanş mil YATAK dişliler"))
    assert [hint.partition("→")[0] for hint in hints] == ["vida", "flanş", "mil", "yatak", "dişli"]
    assert [hint.partition("→")[2] for hint in hints] == ["screw", "flange", "shaft", "bearing", "gear"]


def test_the_conversation_fits_a_small_model(told: Profile) -> None:
    assert sum(len(message.content) for message in told.messages("x", TURKISH)) < 40_000
