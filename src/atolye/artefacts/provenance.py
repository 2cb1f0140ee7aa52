"""``{job}_provenance.json``: what made the files, so that anybody can make them again or doubt them.

It belongs to the job, so it names the job and the time; the files themselves do neither.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

PROVENANCE_VERSION: Final = 1


def provenance(
    *,
    job_id: str,
    request_id: str,
    request: Mapping[str, Any],
    request_sha256: str,
    finished_at: datetime,
    result: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    service_version: str,
) -> bytes:
    """The document as UTF-8 JSON.

    Args:
        result: the kernel's ``result`` event: its ``provenance`` (versions of everything that can change
            bytes, tolerances, flags), ``parameters`` and ``topology`` are taken from it.
        files: name, kind, sha256, size_bytes and exporter metadata of each.
    """
    parameters = result.get("parameters") or {}
    topology = result.get("topology") or {}
    document = {
        "provenance_version": PROVENANCE_VERSION,
        "job_id": job_id,
        "request_id": request_id,
        "finished_at": finished_at.isoformat(),
        "service_version": service_version,
        "request": request,
        "request_sha256": request_sha256,
        "toolchain": result.get("provenance") or {},
        "parameters": parameters,
        "topology": topology_summary(topology),
        "files": list(files),
    }
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n").encode()


def topology_summary(topology: Mapping[str, Any]) -> dict[str, Any]:
    """How many parts of each kind have a hash, and one hash over all of them (equal for equal geometry)."""
    hashes = topology.get("hashes") or []
    counts: dict[str, int] = {}
    whole = hashlib.sha256()
    for part in hashes:
        counts[part["kind"]] = counts.get(part["kind"], 0) + 1
        whole.update(f"{part['path']}\0{part['kind']}\0{part['hash']}\n".encode())
    return {
        "algorithm": topology.get("algorithm"),
        "count": topology.get("count", len(hashes)),
        "kinds": counts,
        "sha256": whole.hexdigest() if hashes else None,
    }
