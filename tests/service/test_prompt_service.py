"""From a sentence to a request or a script through the whole service: gate, records, limits, privacy."""

# ruff: noqa: F811 -- fixtures that are imported and used

from __future__ import annotations

import ast
import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update

from atolye.access.limits import MemoryLimiter
from atolye.db import retention
from atolye.db.session import Database
from atolye.designs.service import Defaults
from atolye.errors import AtolyeError
from atolye.prompts.breaker import CircuitBreaker
from atolye.prompts.cache import MemoryCache
from atolye.prompts.local_provider import LocalProvider
from atolye.prompts.model_provider import ModelProvider
from atolye.prompts.openai_provider import openai_chat
from atolye.prompts.ports import PromptContext
from atolye.prompts.profiles import profile
from atolye.prompts.records import SUGGESTIONS, SqlSuggestions
from atolye.prompts.retries import RetryPolicy
from atolye.prompts.service import Prepared, PromptService
from atolye.scripts.service import prepare
from atolye.telemetry.logs import configure_logs, log_failure
from atolye.telemetry.metrics import exposition
from tests.support.databases import migrated_sqlite, sqlite  # noqa: F401 -- fixtures
from tests.support.openai_server import KEY, OpenAIServer, drops, floods, half, refuses, says, serving, slow
from tests.support.recorded_answers import (
    FLANGE,
    FLANGE_PROMPT,
    FLANGE_SCRIPT,
    GEARS,
    GEARS_PROMPT,
    SHAFT,
    SHAFT_PROMPT,
    SHAFT_PROMPT_WITH_BOTH,
    SHAFT_UNCLEAR,
)

QUICK = RetryPolicy(timeout_s=10.0, total_s=30.0, first_pause_s=0.01, longest_pause_s=0.02)
TURKISH = PromptContext(language="tr")
BOX: dict[str, Any] = {
    "language": "tr",
    "units": "mm",
    "parameters": {"family": "box", "length": 10, "width": 20, "height": 5, "material": "steel"},
    "script_py": "",
}


@dataclass(frozen=True)
class Somebody:
    user_id: str = "u1"
    tenant_id: str = "t1"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving(says(BOX)) as running:
        yield running


Make = Callable[..., PromptService]


@pytest.fixture
def make(server: OpenAIServer, sqlite: Database) -> Iterator[Make]:
    made: list[PromptService] = []

    def service(cache: MemoryCache | None = None, **more: Any) -> PromptService:
        chat = openai_chat(model="m", api_key=KEY, base_url=server.url, breaker=CircuitBreaker("openai"))
        provider = ModelProvider(
            chat, profile=profile(), check_engine=lambda: None, policy=QUICK, cache=cache
        )
        gate = partial(prepare, origin="ai")
        made.append(PromptService(provider, records=SqlSuggestions(sqlite), script_gate=gate, **more))
        return made[-1]

    yield service
    for each in made:
        each.close()


@pytest.fixture
def read(make: Make) -> Callable[..., Prepared]:
    service = make()

    def asked(text: str, context: PromptContext = TURKISH, **more: Any) -> Prepared:
        return service.prepare(text, context, caller=Somebody(), request_id="r1", **more)

    return asked


def rows(database: Database) -> list[dict[str, Any]]:
    with database.read() as connection:
        return [
            dict(row._mapping) for row in connection.execute(select(SUGGESTIONS).order_by(SUGGESTIONS.c.id))
        ]


def refused(read: Callable[..., Prepared], text: str, **more: Any) -> AtolyeError:
    with pytest.raises(AtolyeError) as problem:
        read(text, **more)
    return problem.value


# ---- the examples of the specification ---------------------------------------------------------------


@pytest.mark.spec("02.20", "02.21", "02.24", "02.25")
def test_the_flange_is_a_script_with_its_assumptions_noted(
    server: OpenAIServer, read: Callable[..., Prepared]
) -> None:
    server.will(says(FLANGE))
    made = read(FLANGE_PROMPT)
    assert made.script is not None
    assert made.request is None
    assert "outer_d = 20.0" in made.script.canonical_script
    assert "hole_d = 8.5" in made.script.canonical_script
    assert [note.value for note in made.warnings] == FLANGE["warnings"]
    assert made.extras["outer_d"] == 20.0
    assert "vida→screw" in server.last_text
    assert "flanş→flange" in server.last_text


@pytest.mark.spec("02.22")
def test_the_gear_train_notes_that_it_is_simplified(
    server: OpenAIServer, read: Callable[..., Prepared]
) -> None:
    server.will(says(f"```json\n{json.dumps(GEARS, ensure_ascii=False)}\n```"))
    made = read(GEARS_PROMPT)
    assert made.script is not None
    assert any("evolvent diş açılmadı" in str(note.value) for note in made.warnings)
    assert ast.parse(made.script.canonical_script)


@pytest.mark.spec("02.23")
def test_the_adjustable_shaft_needs_both_its_sizes(
    server: OpenAIServer, read: Callable[..., Prepared]
) -> None:
    server.will(says(SHAFT))
    made = read(SHAFT_PROMPT_WITH_BOTH)
    assert made.script is not None
    assert {"d": 12.0, "L": 80.0}.items() <= made.extras.items()
    server.will(says(SHAFT_UNCLEAR))
    problem = refused(read, SHAFT_PROMPT)
    assert (problem.code, problem.http_status) == ("AI_HINT_REQUIRED", 422)
    assert [cause.field for cause in problem.causes] == ["d", "L"]


@pytest.mark.spec("02.01", "02.27", "02.43")
def test_both_schemas_are_kept_for_the_audit(
    server: OpenAIServer, read: Callable[..., Prepared], sqlite: Database
) -> None:
    server.will(says(FLANGE), says(SHAFT))
    first, second = read(FLANGE_PROMPT), read(SHAFT_PROMPT_WITH_BOTH)
    kept = rows(sqlite)
    assert [row["id"] for row in kept] == [first.suggestion_id, second.suggestion_id]
    assert [row["prompt_masked"] for row in kept] == [FLANGE_PROMPT, SHAFT_PROMPT_WITH_BOTH]
    assert {(row["user_id"], row["request_id"]) for row in kept} == {("u1", "r1")}
    answers = [json.loads(row["response"]["answers"][0]) for row in kept]
    assert answers == [FLANGE, SHAFT]
    response = kept[0]["response"]
    assert (response["provider"], response["model"], response["outcome"]) == ("openai", "m", "script")
    assert response["profile"] == profile().version
    assert first.script is not None
    assert response["script_hash"] == first.script.script_hash
    assert response["script"] == first.script.canonical_script


@pytest.mark.spec("02.18", "02.78")
def test_the_normalised_request_is_kept_in_millimetres(
    server: OpenAIServer, read: Callable[..., Prepared], sqlite: Database
) -> None:
    pipe = {
        "family": "tube",
        "outer_diameter": "2 inch",
        "wall_thickness": "1/8 inch",
        "length": 100,
        "material": "steel",
    }
    server.will(says({**BOX, "parameters": pipe}))
    made = read("2 inch pipe with 1/8 inch wall, 100 mm long, steel")
    assert made.request is not None
    kept = rows(sqlite)[0]["response"]
    assert kept["request"] == made.request.as_dict()
    assert kept["request"]["units"] == "mm"
    assert kept["request"]["parameters"]["outer_diameter"] == 50.8
    assert kept["request_sha256"] == made.request.sha256
    assert "UNITS_CONVERSION" in {note.code for note in made.request.warnings}


# ---- the gate --------------------------------------------------------------------------------------

HOSTILE = {
    "import": "import os\nos.system('id')",
    "from": "from subprocess import run\nrun(['id'])",
    "dunder": "x = ().__class__.__bases__[0].__subclasses__()",
    "builtin": "exec('print(1)')",
    "dynamic": "__import__('socket').socket()",
    "open": "open('/etc/passwd').read()",
    "export": "import Import\nimport Part\nImport.export([Part.makeBox(1,1,1)], '/tmp/x.step')",
    "mesh": "import MeshPart",
    "numpy": "import numpy\nnumpy.fromfile('/etc/passwd')",
    "size": "import Part\nresult = Part.makeBox(5000, 10, 10)",
    "gui": "import FreeCADGui as Gui\nGui.activeDocument()",
}


@pytest.mark.spec("02.16", "02.32", "02.44", "02.68", "02.79")
@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_script_is_stopped_and_gets_no_second_try(
    server: OpenAIServer, read: Callable[..., Prepared], sqlite: Database, script: str
) -> None:
    server.will(says({**BOX, "parameters": {}, "script_py": script}))
    problem = refused(read, "kutu")
    assert (problem.code, problem.http_status) == ("ERR-AI-451", 403)
    assert problem.details["cause"] in ("SECURITY_VIOLATION", "DIMENSION_ERROR")
    assert len(server.seen) == 1
    assert rows(sqlite)[0]["response"]["outcome"] == "ERR-AI-451"


@pytest.mark.spec("02.44", "02.45", "02.80")
@pytest.mark.parametrize(
    "script",
    [
        "import Part\nresult = Part.makeBox(10, 20, 5)\n"
        "volume = result.Volume\narea = result.Area\ncentre = result.CenterOfMass",
        "import FreeCAD as App\nimport Part\nimport math\nresult = Part.makeCylinder(6, 30 * math.cos(0))",
        "import Part\nimport numpy as np\nh = np.linspace(10, 20, 2)\nresult = Part.makeBox(10, 10, 12)",
        FLANGE_SCRIPT,
    ],
)
def test_a_clean_script_passes(server: OpenAIServer, read: Callable[..., Prepared], script: str) -> None:
    server.will(says({**BOX, "parameters": {}, "script_py": script}))
    made = read("kutu")
    assert made.script is not None
    assert made.script.script_hash


def test_a_script_with_a_slip_is_asked_for_again(server: OpenAIServer, read: Callable[..., Prepared]) -> None:
    broken = {**BOX, "parameters": {}, "script_py": "import Part\nresult = Part.makeBox(10, 20, 5"}
    server.will(says(broken), says({**broken, "script_py": "import Part\nresult = Part.makeBox(10, 20, 5)"}))
    assert read("kutu").script is not None
    server.will(says(broken))
    assert refused(read, "kutu 2").code == "ERR-AI-451"


def test_a_field_that_no_family_has_is_the_models_mistake(
    server: OpenAIServer, read: Callable[..., Prepared], sqlite: Database
) -> None:
    wrong = {**BOX, "parameters": {**BOX["parameters"], "lenghtiness": 3}}
    server.will(says(wrong), says(BOX))
    made = read("10x20x5 çelik kutu")
    assert made.request is not None
    assert "lenghtiness" in server.last_text
    assert len(rows(sqlite)[0]["response"]["answers"]) == 2
    server.will(says(wrong))
    problem = refused(read, "başka kutu")
    assert problem.code == "AI_ANSWER_UNREADABLE"
    assert problem.causes[0].code == "VALIDATION_UNKNOWN_FIELD"


def test_what_the_user_left_out_is_the_users_to_say(
    server: OpenAIServer, read: Callable[..., Prepared]
) -> None:
    server.will(says({**BOX, "parameters": {"family": "box", "length": 10, "material": "steel"}}))
    problem = refused(read, "10 mm kutu")
    assert problem.http_status == 422
    assert {each.field for each in (problem, *problem.causes)} >= {"width", "height"}
    assert len(server.seen) == 1


def test_the_context_gives_what_the_text_does_not(
    server: OpenAIServer, read: Callable[..., Prepared]
) -> None:
    server.will(says({**BOX, "parameters": {"family": "box", "length": 10, "width": 20, "height": 5}}))
    context = PromptContext("tr", Defaults(material="steel"), overrides={"exports": ["stl"]})
    made = read("10x20x5 kutu", context)
    assert made.request is not None
    assert made.request.material.key == "steel_s235jr"
    assert [each.kind for each in made.request.exports] == ["mesh.stl"]
    assert made.reading.family == "box"
    assert {
        "field": "material",
        "value": "steel_s235jr",
        "because": "defaults.material",
    } in made.reading.assumed


def test_without_a_gate_no_script_is_taken(server: OpenAIServer, make: Make) -> None:
    service = make()
    service._script_gate = None
    server.will(says(FLANGE))
    with pytest.raises(AtolyeError) as problem:
        service.prepare(FLANGE_PROMPT, TURKISH, caller=Somebody(), request_id="r")
    assert problem.value.code == "FLOW_NOT_AVAILABLE"


# ---- limits, jobs, retention -------------------------------------------------------------------------


@pytest.mark.spec("02.01", "02.37")
def test_the_thirty_first_prompt_of_a_minute_is_refused_before_anything_happens(
    server: OpenAIServer, make: Make, sqlite: Database
) -> None:
    service = make(cache=MemoryCache(), limiter=MemoryLimiter(clock=lambda: 1000.0))
    for _ in range(30):
        service.prepare("kutu", TURKISH, caller=Somebody(), request_id="r")
    with pytest.raises(AtolyeError) as problem:
        service.prepare("kutu", TURKISH, caller=Somebody(), request_id="r")
    assert (problem.value.code, problem.value.http_status) == ("RATE_LIMITED", 429)
    service.prepare("kutu", TURKISH, caller=Somebody("u2"), request_id="r")
    service.prepare("kutu", TURKISH, caller=Somebody(), request_id="r", per_min=40)
    assert len(server.seen) == 1
    assert len(rows(sqlite)) == 32


@pytest.mark.parametrize(("text", "code"), [(" \n", "PROMPT_EMPTY"), ("a" * 20_001, "PROMPT_TOO_LONG")])
def test_what_cannot_be_a_prompt_is_refused_at_once(
    server: OpenAIServer, make: Make, text: str, code: str
) -> None:
    with pytest.raises(AtolyeError) as problem:
        make().admit(text, caller=Somebody())
    assert problem.value.code == code
    assert server.seen == []


@pytest.mark.spec("15.01", "02.18")
def test_a_suggestion_leaves_after_its_time(read: Callable[..., Prepared], sqlite: Database) -> None:
    read("kutu")
    read("kutu 2")
    now = datetime.now(UTC)
    with sqlite.write() as connection:
        oldest = select(func.min(SUGGESTIONS.c.id)).scalar_subquery()
        connection.execute(
            update(SUGGESTIONS).where(SUGGESTIONS.c.id == oldest).values(created_at=now - timedelta(days=181))
        )
    retention.sweep(sqlite, now)
    assert [row["prompt_masked"] for row in rows(sqlite)] == ["kutu 2"]


def test_a_cancelled_reading_is_kept_as_such(
    server: OpenAIServer, read: Callable[..., Prepared], sqlite: Database
) -> None:
    server.will(slow(5.0, says(BOX)))
    cancel = threading.Event()
    threading.Timer(0.05, cancel.set).start()
    assert refused(read, "kutu", cancel=cancel).code == "CANCELLED"
    assert rows(sqlite)[0]["response"]["outcome"] == "CANCELLED"


# ---- privacy -----------------------------------------------------------------------------------------

SECRETS = {
    "email": "ali.veli@example.com.tr",
    "phone": "0532 123 45 67",
    "identity": "10000000146",
    "iban": "TR33 0006 1005 1978 6457 8413 26",
    "name": "Ahmet Yılmaz",
    "street": "Bağdat Caddesi",
    "token": "sk-proj-abcdefghij0123456789",
    "folder": "/home/aliveli/projeler",
    "ip": "192.168.12.34",
}
PROMPT = (
    "Sn. Ahmet Yılmaz için 10x20x5 çelik kutu. E-posta ali.veli@example.com.tr, tel 0532 123 45 67, "
    "T.C. 10000000146, IBAN TR33 0006 1005 1978 6457 8413 26, "
    "adres: Bağdat Caddesi No: 12 Kadıköy/İstanbul; anahtar sk-proj-abcdefghij0123456789, "
    "dosya /home/aliveli/projeler/kutu.txt, sunucu 192.168.12.34"
)
ECHOED = {
    **BOX,
    "parameters": {},
    "script_py": f"import Part\n# {PROMPT}\nresult = Part.makeBox(10, 20, 5)\n",
    "warnings": [PROMPT],
}


@pytest.mark.spec("02.01", "02.19", "02.27", "02.37", "12.105")
def test_nothing_personal_gets_anywhere(server: OpenAIServer, make: Make, sqlite: Database) -> None:
    """Success, echo, questions and every kind of failure; logs, rows, errors, measures, network."""
    logs, seen_by_users = io.StringIO(), []
    configure_logs("debug", stream=logs)
    service = make()
    behaviours = [
        says(BOX),
        says(ECHOED),
        says({**BOX, "requires_clarification": True, "questions": [PROMPT], "missing": []}),
        says({**BOX, "requires_clarification": True, "missing": [PROMPT]}),
        says(PROMPT),
        says({**BOX, "parameters": {**BOX["parameters"], PROMPT: 1}}),
        says({**BOX, "parameters": {}, "script_py": f"import os\nx = {PROMPT!r}"}),
        refuses(400, {"message": PROMPT, "code": PROMPT}),
        refuses(401, {"message": f"bad key {KEY}"}),
        refuses(500, {"message": PROMPT}),
        drops,
        half(PROMPT),
        floods,
    ]
    try:
        for behaviour in behaviours:
            server.will(behaviour)
            try:
                made = service.prepare(PROMPT, TURKISH, caller=Somebody(), request_id="r")
                seen_by_users.append([note.as_dict() for note in made.warnings])
                seen_by_users.append(made.script.canonical_script if made.script else made.request)
            except AtolyeError as problem:
                log_failure(problem)
                seen_by_users.append(problem.body())
    finally:
        configure_logs("error")
    places = {
        "logs": logs.getvalue(),
        "rows": json.dumps(
            [[row["prompt_masked"], row["response"]] for row in rows(sqlite)], ensure_ascii=False
        ),
        "answers": repr(seen_by_users),
        "measures": exposition()[0].decode(),
        "network": json.dumps([each.body for each in server.seen], ensure_ascii=False),
    }
    assert len(rows(sqlite)) == len(behaviours)
    assert places["logs"].count('"prompt_read"') == len(behaviours)
    found = [
        (place, kind) for place, text in places.items() for kind, secret in SECRETS.items() if secret in text
    ]
    assert found == []
    assert KEY not in places["logs"] + places["rows"] + places["answers"]
    assert "10x20x5 çelik kutu" in places["rows"], "what the prompt says of the part stays"


@pytest.mark.spec("02.19")
def test_what_was_taken_out_is_said(read: Callable[..., Prepared]) -> None:
    (note,) = [note for note in read(PROMPT).warnings if note.code == "PERSONAL_DATA_MASKED"]
    assert note.severity == "info"
    assert {"[email redacted]", "[name redacted]"} <= set(note.because.split(", "))


def test_a_scripts_code_is_not_touched_when_its_comments_are_masked(
    server: OpenAIServer, read: Callable[..., Prepared]
) -> None:
    script = "import Part\na = 100\nb = 5\nc = 2\nresult = Part.makeBox(a /b/c, 20, 5)  # Ahmet Yılmaz\n"
    server.will(says({**BOX, "parameters": {}, "script_py": script}))
    made = read("kutu")
    assert made.script is not None
    assert "a /b/c" in made.script.canonical_script
    assert "Ahmet" not in made.script.canonical_script


# ---- the local provider -------------------------------------------------------------------------------


@pytest.fixture
def local(sqlite: Database) -> PromptService:
    return PromptService(LocalProvider(), records=SqlSuggestions(sqlite))


def test_the_local_provider_answers_at_once_and_the_remote_one_does_not(
    local: PromptService, make: Make
) -> None:
    assert local.answers_at_once
    assert not make().answers_at_once


@pytest.mark.spec("02.19", "02.27")
def test_the_local_provider_reads_what_is_left_after_masking(local: PromptService, sqlite: Database) -> None:
    plain = "10 x 20 x 5 mm çelik kutu, dolu blok"
    text = f"Sn. Ahmet Yılmaz, tel 0532 123 45 67: {plain}"
    made = local.prepare(text, caller=Somebody(), request_id="r")
    bare = local.prepare(plain, caller=Somebody(), request_id="r")
    assert made.request is not None
    assert bare.request is not None
    assert made.request.sha256 == bare.request.sha256
    assert rows(sqlite)[0]["prompt_masked"] == f"[name redacted], tel [phone redacted]: {plain}"
    assert rows(sqlite)[0]["response"]["provider"] == "local"


@pytest.mark.spec("02.13", "12.04")
def test_the_local_provider_names_what_is_missing_and_it_is_kept(
    local: PromptService, sqlite: Database
) -> None:
    with pytest.raises(AtolyeError) as problem:
        local.prepare("ayarlanabilir mil çapı ve uzunluğu, çelik", caller=Somebody(), request_id="r")
    assert problem.value.http_status == 422
    assert rows(sqlite)[0]["response"]["outcome"] == problem.value.code
