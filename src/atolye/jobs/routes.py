"""HTTP: looking at jobs, stopping and deleting them."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Final, Literal, cast

import anyio.to_thread
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from atolye.artefacts.routes import described
from atolye.errors import AtolyeError
from atolye.web.documented import GUARDED, failures
from atolye.web.guards import ContextOf, Reader, ServicesOf, Writer
from atolye.web.ports import JobView
from atolye.web.responses import answer
from atolye.web.schemas import ArtefactList, EventList, Job, JobList, State
from atolye.web.waiting import MOST_SECONDS, Waiters

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

JobId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="The job's id")]
FOUND: Final = (*GUARDED, 404)


def shown(job: JobView, language: str) -> dict[str, Any]:
    """A job as the API shows it: without the places on disk that a local ``job.json`` names."""
    document = job.as_json(language)
    return {
        **document,
        "artefacts": [
            {name: value for name, value in artefact.items() if name != "path"}
            for artefact in document["artefacts"]
        ],
    }


@router.get(
    "", summary="The jobs of your tenant, newest first", response_model=JobList, responses=failures(*GUARDED)
)
def list_jobs(
    request: Request,
    services: ServicesOf,
    context: ContextOf,
    caller: Reader,
    state: Annotated[State | None, Query(description="Only jobs in this state")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the page before")
    ] = None,
) -> Response:
    page = services.jobs.list(tenant_id=caller.tenant_id, state=state, limit=limit, cursor=cursor)
    jobs = [shown(job, context.language) for job in page.jobs]
    return answer(request.scope, {"jobs": jobs, "next_cursor": page.next_cursor})


@router.get("/{job_id}", summary="One job", response_model=Job, responses=failures(*FOUND))
async def get_job(
    request: Request,
    services: ServicesOf,
    context: ContextOf,
    caller: Reader,
    job_id: JobId,
    wait: Annotated[
        float,
        Query(ge=0, le=MOST_SECONDS, allow_inf_nan=False, description="Seconds to wait for the job's end"),
    ] = 0.0,
) -> Response:
    if wait > 0:
        waiters = cast(Waiters, request.app.state.waiters)
        job = await waiters.wait(
            services.jobs, job_id, tenant_id=caller.tenant_id, seconds=wait, request=request
        )
    else:
        job = await anyio.to_thread.run_sync(lambda: services.jobs.get(job_id, tenant_id=caller.tenant_id))
    return answer(request.scope, shown(job, context.language))


@router.get(
    "/{job_id}/artefacts",
    summary="The files of a job, with links that need no token",
    response_model=ArtefactList,
    responses=failures(*FOUND),
)
def list_artefacts(
    request: Request,
    services: ServicesOf,
    caller: Reader,
    job_id: JobId,
    ttl_minutes: Annotated[
        int | None, Query(ge=1, le=1440, description="Life of the links; by default the service's setting")
    ] = None,
    disposition: Annotated[
        Literal["attachment", "inline"] | None, Query(description="How a browser shall take the files")
    ] = None,
    network: Annotated[
        str | None,
        Query(max_length=64, description="Addresses that may use the links, such as `192.0.2.0/24`"),
    ] = None,
) -> Response:
    _check_network(network)
    minutes = services.options.link_ttl_minutes if ttl_minutes is None else ttl_minutes
    artefacts = [
        described(services, artefact, minutes=minutes, disposition=disposition, network=network)
        for artefact in services.jobs.artefacts(job_id, tenant_id=caller.tenant_id)
    ]
    return answer(request.scope, {"job_id": job_id, "artefacts": artefacts})


def _check_network(network: str | None) -> None:
    if network is None:
        return
    try:
        ipaddress.ip_network(network, strict=False)
    except ValueError:
        raise AtolyeError("REQUEST_FIELD_FORMAT", field="query.network") from None


@router.get(
    "/{job_id}/events", summary="What happened to a job", response_model=EventList, responses=failures(*FOUND)
)
def list_events(
    request: Request,
    services: ServicesOf,
    caller: Reader,
    job_id: JobId,
    after: Annotated[int, Query(ge=0, le=2**53, description="Number of the last event that you have")] = 0,
) -> Response:
    events = services.jobs.events(job_id, tenant_id=caller.tenant_id, after=after)
    last = max((int(event["seq"]) for event in events), default=after)
    return answer(request.scope, {"job_id": job_id, "events": list(events), "last": last})


@router.post(
    "/{job_id}/cancel",
    summary="Stop a job",
    status_code=202,
    response_model=Job,
    responses=failures(*FOUND, 409),
)
def cancel_job(
    request: Request, services: ServicesOf, context: ContextOf, caller: Writer, job_id: JobId
) -> Response:
    job = services.jobs.cancel(job_id, tenant_id=caller.tenant_id)
    return answer(request.scope, shown(job, context.language), 202)


@router.delete(
    "/{job_id}",
    summary="Delete a job that has ended, with its files",
    status_code=204,
    responses=failures(*FOUND, 409),
)
def delete_job(services: ServicesOf, caller: Writer, job_id: JobId) -> Response:
    services.jobs.delete(job_id, tenant_id=caller.tenant_id)
    return Response(status_code=204)
