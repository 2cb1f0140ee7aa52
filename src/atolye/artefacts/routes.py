"""HTTP: making signed links to files, and fetching the files with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from atolye.access.links import Disposition, Grant
from atolye.artefacts.models import Artefact
from atolye.errors import AtolyeError
from atolye.web.documented import failures
from atolye.web.files import FileHead, file_answer, head_answer, not_modified, unchanged
from atolye.web.guards import ServicesOf
from atolye.web.ports import Services

router = APIRouter(prefix="/api/v1/artefacts", tags=["artefacts"])

ArtefactId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="The artefact's id")]
DOWNLOAD: Final = failures(403, 404, 416, 422, 500, 503)
SIGNED: Final[dict[str, Any]] = {
    "description": "Works without a token: the link, from the job's list of artefacts, is the permission.",
    "responses": {
        200: {"description": "The file", "content": {"application/octet-stream": {}}},
        206: {"description": "A part of the file", "content": {"application/octet-stream": {}}},
        304: {"description": "Unchanged"},
        **DOWNLOAD,
    },
    "response_class": Response,
}

Expires = Annotated[str, Query(description="End of the link, Unix seconds")]
Method = Annotated[str, Query(description="`GET` (which allows `HEAD`) or `HEAD`")]
Signature = Annotated[str, Query(description="HMAC over everything that the link allows")]


@router.get("/{artefact_id}/download", summary="Fetch a file by its signed link", **SIGNED)
def download(
    request: Request,
    services: ServicesOf,
    artefact_id: ArtefactId,
    expires: Expires,
    method: Method,
    signature: Signature,
) -> Response:
    artefact, head = _granted(request, services, artefact_id)
    if unchanged(request, head):
        return not_modified(head)
    return file_answer(request, head, services.store.open(artefact))


@router.head("/{artefact_id}/download", summary="Look whether a signed link holds", **SIGNED)
def look(
    request: Request,
    services: ServicesOf,
    artefact_id: ArtefactId,
    expires: Expires,
    method: Method,
    signature: Signature,
) -> Response:
    _, head = _granted(request, services, artefact_id)
    return not_modified(head) if unchanged(request, head) else head_answer(head)


def _granted(request: Request, services: Services, artefact_id: str) -> tuple[Artefact, FileHead]:
    """The artefact of a link that holds for this request.

    Raises:
        AtolyeError: ``LINK_INVALID``, ``LINK_EXPIRED`` or ``LINK_CONSTRAINT`` (403), or
            ``ARTEFACT_NOT_FOUND`` (404).
    """
    grant = services.links.check(
        artefact_id,
        request.query_params,
        method=request.method,
        client=request.client.host if request.client else None,
    )
    artefact = services.artefacts.find(artefact_id)
    if grant.version != artefact.version_id:
        raise AtolyeError("ARTEFACT_NOT_FOUND")
    if grant.content_type not in (None, artefact.content_type):
        raise AtolyeError("LINK_CONSTRAINT")
    return artefact, FileHead(
        name=artefact.name,
        size_bytes=artefact.size_bytes,
        content_type=artefact.content_type,
        sha256=artefact.sha256,
        disposition=grant.disposition or artefact.disposition,
    )


def described(
    services: Services,
    artefact: Artefact,
    *,
    minutes: int,
    disposition: Disposition | None = None,
    network: str | None = None,
) -> dict[str, Any]:
    """An artefact as the API shows it, with fresh links for fetching (GET) and for looking (HEAD)."""
    expires_at = services.links.expiry(minutes)
    address = (
        f"{(services.options.public_url or '').rstrip('/')}/api/v1/artefacts/{artefact.artefact_id}/download"
    )
    until = datetime.fromtimestamp(expires_at, UTC).isoformat()

    def link(grant: Grant) -> dict[str, str]:
        return {"href": f"{address}?{services.links.query(grant)}", "expires_at": until}

    shared: dict[str, Any] = {
        "artefact_id": artefact.artefact_id,
        "version": artefact.version_id,
        "expires_at": expires_at,
        "network": network,
        "content_type": artefact.content_type,
    }
    shown = {name: value for name, value in artefact.as_json().items() if name != "path"}
    return {
        **shown,
        "artefact_id": artefact.artefact_id,
        "download": link(Grant(**shared, method="GET", disposition=disposition)),
        "head": link(Grant(**shared, method="HEAD")),
    }
