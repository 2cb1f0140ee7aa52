"""HTTP: asking for designs, and what can be asked for."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request
from pydantic import ValidationError
from starlette.responses import Response

from atolye.access.models import WRITE, Caller
from atolye.designs.reading import read_json_object
from atolye.errors import AtolyeError
from atolye.web.bodies import read_body
from atolye.web.context import Context
from atolye.web.documented import GUARDED, IDEMPOTENCY_KEY, WRITING, body_of, failures
from atolye.web.failures import invalid
from atolye.web.guards import ContextOf, PromptWriter, Reader, ServicesOf, Writer, count_prompt
from atolye.web.ports import Asked, Services
from atolye.web.requests import DESIGN_REQUEST, KINDS
from atolye.web.responses import answer
from atolye.web.schemas import Accepted, FamilyList, MaterialList

router = APIRouter(prefix="/api/v1")

FLAGS: Final = {
    "prompt": "ENABLE_AI_PROMPT_FLOW",
    "params": "ENABLE_PARAMS_FLOW",
    "upload": "ENABLE_UPLOAD_FLOW",
    "a4": "ENABLE_ASSEMBLY4",
}
VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]{1,255}")

IdempotencyKey = Annotated[str | None, Header(description=IDEMPOTENCY_KEY)]


async def _body_after(request: Request, services: Services) -> bytes:
    return await read_body(request, largest_bytes=services.options.max_request_bytes)


async def _written(request: Request, services: ServicesOf, _first: Writer) -> bytes:
    """The body, read only once the caller may write."""
    return await _body_after(request, services)


async def _prompted(request: Request, services: ServicesOf, _first: PromptWriter) -> bytes:
    return await _body_after(request, services)


WrittenBody = Annotated[bytes, Depends(_written)]
PromptBody = Annotated[bytes, Depends(_prompted)]
SUBMISSION: Final[dict[str, Any]] = {
    "status_code": 202,
    "response_model": Accepted,
    "tags": ["designs"],
}


@router.post(
    "/designs",
    summary="Ask for a design of any kind; `type` says which",
    responses=failures(*GUARDED, *WRITING, 501),
    openapi_extra=body_of("params", "prompt", "upload", "a4"),
    **SUBMISSION,
)
def submit_design(
    request: Request,
    services: ServicesOf,
    context: ContextOf,
    caller: Writer,
    body: WrittenBody,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    raw = read_json_object(body, largest_bytes=services.options.max_request_bytes)
    check_envelope(None, raw)
    if raw["type"] == "prompt":
        count_prompt(services, context, caller)
    return _submit(raw["type"], raw, request, services, context, caller, idempotency_key)


@router.post(
    "/designs/params",
    summary="Ask for a part by parameters",
    responses=failures(*GUARDED, *WRITING),
    openapi_extra=body_of("params"),
    **SUBMISSION,
)
def submit_params(
    request: Request,
    services: ServicesOf,
    context: ContextOf,
    caller: Writer,
    body: WrittenBody,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    raw = read_json_object(body, largest_bytes=services.options.max_request_bytes)
    return _submit("params", raw, request, services, context, caller, idempotency_key)


@router.post(
    "/designs/prompt",
    summary="Ask for a part in words",
    responses=failures(*GUARDED, *WRITING, 501),
    openapi_extra=body_of("prompt"),
    **SUBMISSION,
)
def submit_prompt(
    request: Request,
    services: ServicesOf,
    context: ContextOf,
    caller: PromptWriter,
    body: PromptBody,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    raw = read_json_object(body, largest_bytes=services.options.max_request_bytes)
    return _submit("prompt", raw, request, services, context, caller, idempotency_key)


@router.post(
    "/designs/upload",
    summary="Ask for a part from a file in the object store",
    responses=failures(*GUARDED, *WRITING, 501),
    openapi_extra=body_of("upload"),
    **SUBMISSION,
)
def submit_upload(
    request: Request,
    services: ServicesOf,
    context: ContextOf,
    caller: Writer,
    body: WrittenBody,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    raw = read_json_object(body, largest_bytes=services.options.max_request_bytes)
    return _submit("upload", raw, request, services, context, caller, idempotency_key)


@router.post(
    "/assemblies/a4",
    summary="Ask for an assembly",
    responses=failures(*GUARDED, *WRITING, 501),
    openapi_extra=body_of("a4"),
    **SUBMISSION,
)
def submit_assembly(
    request: Request,
    services: ServicesOf,
    context: ContextOf,
    caller: Writer,
    body: WrittenBody,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    raw = read_json_object(body, largest_bytes=services.options.max_request_bytes)
    return _submit("a4", raw, request, services, context, caller, idempotency_key)


def _submit(
    kind: str,
    raw: dict[str, Any],
    request: Request,
    services: Services,
    context: Context,
    caller: Caller,
    idempotency_key: str | None,
) -> Response:
    """Checks and stores a request of one kind; what is wrong with it is said at once."""
    if not services.options.flags.get(kind, True):
        raise AtolyeError("FEATURE_DISABLED", details={"flag": FLAGS[kind]}, feature=FLAGS[kind])
    if idempotency_key is not None and not VISIBLE_ASCII.fullmatch(idempotency_key):
        raise AtolyeError("IDEMPOTENCY_KEY_INVALID", field="Idempotency-Key")
    check_envelope(kind, raw)
    design = _designed(kind, raw, services, context, caller)
    accepted = services.jobs.submit(
        design.request,
        caller=caller,
        request_id=context.request_id,
        idempotency_key=idempotency_key,
        body_sha256=body_sha256(kind, raw),
        language=context.language,
    )
    job = accepted.job.as_json(context.language)
    if services.prompts is not None and kind == "prompt" and not accepted.replayed:
        services.prompts.link(design, job["job_id"])
    links = links_of(job["job_id"], services.options.public_url)
    return answer(
        request.scope,
        {
            "job_id": job["job_id"],
            "request_id": context.request_id,
            "state": job["state"],
            "request_sha256": job["request_sha256"],
            "warnings": job["warnings"],
            "links": links,
            **({} if design.reading is None else {"reading": design.reading.as_dict()}),
        },
        202,
        {"Location": links["self"], **({"Idempotency-Replayed": "true"} if accepted.replayed else {})},
    )


@dataclass(frozen=True, slots=True)
class _Parameters:
    """A request by parameters, which nobody had to read."""

    request: Any
    reading: None = None


def _designed(kind: str, raw: dict[str, Any], services: Services, context: Context, caller: Caller) -> Asked:
    """What a body of one kind asks for."""
    if kind == "params":
        fields = {name: value for name, value in raw.items() if name != "type"}
        return _Parameters(services.canonicalise(fields))
    if kind == "prompt" and services.prompts is not None:
        limits = services.access.authorise(caller, WRITE)
        return services.prompts.ask(
            raw,
            caller=caller,
            request_id=context.request_id,
            language=raw.get("language"),
            per_min=limits.prompts_per_min,
        )
    raise AtolyeError("FLOW_NOT_AVAILABLE", details={"flow": kind}, flow=kind)


def check_envelope(kind: str | None, raw: dict[str, Any]) -> None:
    """Checks a request against its model.

    Args:
        kind: the only ``type`` that this address takes, which may then be left out; ``None`` takes any.

    Raises:
        AtolyeError: 422 with every finding.
    """
    if kind is not None and raw.setdefault("type", kind) != kind:
        raise AtolyeError("REQUEST_FIELD_CHOICE", field="type", expected=kind)
    try:
        DESIGN_REQUEST.validate_python(raw)
    except ValidationError as problem:
        errors = problem.errors(include_url=False, include_input=False)
        without_tag = [{**error, "loc": _without_tag(error["loc"])} for error in errors]
        raise invalid(without_tag) from None


def _without_tag(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Pydantic puts the union's tag before the field's path."""
    return location[1:] if location and location[0] in KINDS else location


def body_sha256(kind: str, raw: dict[str, Any]) -> str:
    """What an idempotency key is bound to: the request's meaning as JSON, not its white space or order."""
    canonical = json.dumps({**raw, "type": kind}, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def links_of(job_id: str, public_url: str | None) -> dict[str, str]:
    """Addresses of a job and its parts."""
    job = f"{(public_url or '').rstrip('/')}/api/v1/jobs/{job_id}"
    return {
        "self": job,
        "artefacts": f"{job}/artefacts",
        "events": f"{job}/events",
        "cancel": f"{job}/cancel",
    }


@router.get(
    "/families",
    summary="The part families and their fields",
    response_model=FamilyList,
    responses=failures(*GUARDED),
    tags=["catalogue"],
)
def list_families(request: Request, services: ServicesOf, context: ContextOf, _caller: Reader) -> Response:
    return answer(request.scope, {"families": services.families(context.language)})


@router.get(
    "/materials",
    summary="The materials and their properties",
    response_model=MaterialList,
    responses=failures(*GUARDED),
    tags=["catalogue"],
)
def list_materials(request: Request, services: ServicesOf, context: ContextOf, _caller: Reader) -> Response:
    return answer(request.scope, {"materials": services.materials(context.language)})
