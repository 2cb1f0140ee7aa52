"""The examples of specification 02.21–02.23, from the model's recorded answer to the finished solid."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from atolye.engine import Engine
from atolye.prompts.model_provider import ModelProvider
from atolye.prompts.openai_provider import openai_chat
from atolye.prompts.ports import PromptContext
from atolye.prompts.profiles import profile
from atolye.prompts.service import Prepared, PromptService
from atolye.scripts.request import script_request as request_of
from atolye.scripts.service import prepare
from tests.support.openai_server import OpenAIServer, says, serving
from tests.support.recorded_answers import (
    FLANGE,
    FLANGE_PROMPT,
    GEARS,
    GEARS_PROMPT,
    SHAFT,
    SHAFT_PROMPT_WITH_BOTH,
)
from tests.support.scripts import script_request

pytestmark = pytest.mark.engine


class Somebody:
    user_id = "u1"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving() as running:
        yield running


@pytest.fixture
def service(server: OpenAIServer, engine: Engine) -> Iterator[PromptService]:
    chat = openai_chat(model="m", api_key=None, base_url=server.url)
    provider = ModelProvider(chat, profile=profile(), check_engine=lambda: engine.facts)
    made = PromptService(provider, script_gate=partial(prepare, origin="ai"))
    yield made
    made.close()


def built(engine: Engine, prepared: Prepared, folder: Path) -> dict[str, Any]:
    """The result of a prepared script, run as the service runs one."""
    assert prepared.script is not None
    request = script_request(
        prepared.script.canonical_script, origin="ai", exports=("model.fcstd", "solid.step")
    )
    return engine.run(request, folder).result


def read(service: PromptService, prompt: str) -> Prepared:
    return service.prepare(prompt, PromptContext("tr"), caller=Somebody(), request_id="r")


@pytest.mark.spec("02.20", "02.21", "02.24", "02.25", "02.45")
def test_the_flange_is_a_disk_with_a_hole_for_an_m8_screw(
    service: PromptService, server: OpenAIServer, engine: Engine, tmp_path: Path
) -> None:
    server.will(says(FLANGE))
    result = built(engine, read(service, FLANGE_PROMPT), tmp_path)
    metrics = result["metrics"]
    assert metrics["display"]["volume_mm3"] == pytest.approx(math.pi / 4 * (20**2 - 8.5**2) * 5, rel=1e-9)
    assert metrics["display"]["bbox_mm"] == {"min": [-10.0, -10.0, 0.0], "max": [10.0, 10.0, 5.0]}
    assert (metrics["solids"], metrics["faces"], metrics["surface_closed"]) == (1, 4, True)


@pytest.mark.spec("02.22")
def test_the_gear_train_is_three_cylinders_that_touch_at_their_pitch_circles(
    service: PromptService, server: OpenAIServer, engine: Engine, tmp_path: Path
) -> None:
    server.will(says(GEARS))
    metrics = built(engine, read(service, GEARS_PROMPT), tmp_path)["metrics"]
    assert metrics["display"]["volume_mm3"] == pytest.approx(math.pi * (10**2 + 20**2 + 10**2) * 10, rel=1e-9)
    assert metrics["display"]["bbox_mm"] == {"min": [-10.0, -20.0, 0.0], "max": [70.0, 20.0, 10.0]}
    assert metrics["solids"] == 3


@pytest.mark.spec("02.23")
def test_the_shaft_has_the_two_sizes_that_were_given(
    service: PromptService, server: OpenAIServer, engine: Engine, tmp_path: Path
) -> None:
    server.will(says(SHAFT))
    metrics = built(engine, read(service, SHAFT_PROMPT_WITH_BOTH), tmp_path)["metrics"]
    assert metrics["display"]["volume_mm3"] == pytest.approx(math.pi / 4 * 12**2 * 80, rel=1e-9)
    assert metrics["display"]["bbox_mm"] == {"min": [-6.0, -6.0, 0.0], "max": [6.0, 6.0, 80.0]}


EXPECTED_MM3 = {
    "gears": math.pi * (10**2 + 20**2 + 10**2) * 10,
    "assembly": 60 * 40 * 10 + math.pi * 10**2 * 30,
}


@pytest.mark.spec("02.05", "02.30", "02.34", "02.45")
@pytest.mark.parametrize(("number", "kind"), [(4, "gears"), (5, "assembly")])
def test_the_scripts_that_models_learn_from_run_themselves(
    engine: Engine, tmp_path: Path, number: int, kind: str
) -> None:
    script = json.loads(profile().examples[number].answer)["script_py"]
    request = script_request(
        prepare(script, origin="ai").canonical_script, origin="ai", exports=("solid.step",)
    )
    metrics = engine.run(request, tmp_path).result["metrics"]
    assert metrics["display"]["volume_mm3"] == pytest.approx(EXPECTED_MM3[kind], rel=1e-9)


@pytest.mark.spec("02.75", "02.79", "02.81", "02.88", "02.89")
def test_files_and_mesh_come_from_the_parameters_and_not_from_the_script(
    service: PromptService, server: OpenAIServer, engine: Engine, tmp_path: Path
) -> None:
    outputs = {
        "exports": [{"format": "STEP", "ap": "AP214"}, {"format": "IGES"}, {"format": "STL"}],
        "mesh": {"linear_deflection": 0.1, "angular_deflection": 15},
    }
    server.will(says({**SHAFT, "parameters": {**SHAFT["parameters"], **outputs}}))
    prepared = read(service, SHAFT_PROMPT_WITH_BOTH)
    assert prepared.script is not None
    assert not {"Import", "Mesh", "MeshPart"} & set(re.findall(r"\w+", prepared.script.canonical_script))
    around = {"material": "steel", **{name: prepared.extras[name] for name in outputs}}
    request = request_of(prepared.script, around, origin="ai").to_wire()
    metrics = engine.run(request, tmp_path).result["metrics"]
    assert "AUTOMOTIVE_DESIGN" in (tmp_path / "solid.step").read_text(encoding="ascii")
    assert (tmp_path / "solid.iges").read_bytes()[72:73] == b"S", "an IGES file begins with its start section"
    assert (tmp_path / "mesh.stl").stat().st_size == 84 + 50 * metrics["triangles"]
    assert metrics["stl_params"]["linear_deflection_mm"] == 0.1
    assert metrics["stl_params"]["angular_deflection_deg"] == 15.0
