"""Words and numbers as people read them, in Turkish and English. Nothing here changes what is stored."""

from __future__ import annotations

from atolye.i18n.display import metrics_table, number_text, quantity_text
from atolye.i18n.labels import (
    Language,
    artefact_label,
    heading,
    label,
    message,
    metric_label,
    stage_label,
    state_label,
)
from atolye.i18n.negotiation import negotiate

__all__ = [
    "Language",
    "artefact_label",
    "heading",
    "label",
    "message",
    "metric_label",
    "metrics_table",
    "negotiate",
    "number_text",
    "quantity_text",
    "stage_label",
    "state_label",
]
