"""Texts about artefacts and storage by message key (11.42). Failures have theirs in the error catalogue."""

from __future__ import annotations

from typing import Final

from atolye.errors import entry

_NOTICES: Final = {
    "artefacts.upload.success": ("Yükleme tamamlandı.", "The upload is complete."),
    "artefacts.upload.failed": ("Yükleme başarısız.", "The upload failed."),
    "storage.delete.pending": ("Silme işlemi planlandı.", "The deletion is scheduled."),
}
"""Turkish, English; what no failure of the catalogue says."""

KEYS: Final = (
    "artefacts.upload.success",
    "artefacts.upload.failed",
    "artefacts.not_found",
    "artefacts.presign.expired",
    "artefacts.type.unsupported",
    "storage.unavailable",
    "storage.delete.pending",
    "storage.delete.failed",
    "job.link.missing",
)


def message(key: str, language: str) -> str:
    """The text of a message key: Turkish for ``tr`` and ``tr-TR``, English for anything else."""
    turkish = language.lower().partition("-")[0] == "tr"
    if key in _NOTICES:
        return _NOTICES[key][0 if turkish else 1]
    found = entry(key)
    return found.message_tr if turkish else found.message_en
