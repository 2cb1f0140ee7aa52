"""What was assumed or doubted about a request that is still accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Severity = Literal["info", "warning"]


@dataclass(frozen=True, slots=True)
class Warning:
    """A note (``info``) or a doubt (``warning``) with what it rests on, in both languages."""

    code: str
    severity: Severity
    field: str
    value: Any
    because: str
    message_tr: str
    message_en: str

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe; the shape that jobs and the API pass on."""
        return {name: getattr(self, name) for name in self.__slots__}


_TEXTS: Final[dict[str, tuple[Severity, str, str]]] = {
    "FAMILY_INFERRED": (
        "info",
        "Parça ailesi verilen alanlardan anlaşıldı: {value}.",
        "The part family follows from the given fields: {value}.",
    ),
    "DEFAULT_ASSUMED": (
        "info",
        "{field} verilmedi; {value} alındı ({because}).",
        "{field} was not given; {value} is assumed ({because}).",
    ),
    "STANDARD_VALUE": (
        "info",
        "{field} = {value}: {because}.",
        "{field} = {value}: {because}.",
    ),
    "DEFAULT_GRADE": (
        "info",
        "Malzeme sınıfı yazılmış; varsayılan cinsi alındı: {value} (“{because}”).",
        "A class of material was named; its default grade is taken: {value} (“{because}”).",
    ),
    "STANDARD_MATERIAL": (
        "info",
        "Malzeme verilmedi; standardın malzemesi alındı: {value} ({because}).",
        "No material was given; the standard's material is taken: {value} ({because}).",
    ),
    "CONTEXT_DEFAULT": (
        "info",
        "{field} verilmedi; ortamın varsayılanı alındı: {value}.",
        "{field} was not given; the context's default is taken: {value}.",
    ),
    "PROCESS_FROM_MACHINE": (
        "info",
        "Süreç makineden anlaşıldı: {value} ({because}).",
        "The process follows from the machine: {value} ({because}).",
    ),
    "NO_PROCESS": (
        "info",
        "Süreç verilmedi; üretilebilirlik kuralları çalıştırılmadı.",
        "No process was given; no manufacturability rule was run.",
    ),
    "CHECKS_OFF": (
        "info",
        "Üretilebilirlik denetimi istek üzerine kapatıldı.",
        "The manufacturability checks are off, as requested.",
    ),
    "NOT_PREFERRED": (
        "info",
        "{field} = {value}, standardın tercih ettiği değerlerden değil ({because}).",
        "{field} = {value} is not among the preferred values ({because}).",
    ),
    "GEAR_UNDERCUT": (
        "warning",
        "{field} = {value}: diş dibi alttan kesilir, çünkü {because}. Dişi veya profil kaydırmayı artırın.",
        "{field} = {value}: teeth are undercut because {because}. Use more teeth or more profile shift.",
    ),
    "GEAR_THIN_TIP": (
        "warning",
        "{field} = {value}: diş ucu çok ince, çünkü {because}. Profil kaydırmayı azaltın.",
        "{field} = {value}: the teeth are thin at the tip because {because}. Use a smaller profile shift.",
    ),
}


def note(code: str, field: str, value: Any, because: str) -> Warning:
    """Makes the note of a code; ``because`` names what it rests on."""
    severity, message_tr, message_en = _TEXTS[code]
    words = {"field": field, "value": value, "because": because}
    return Warning(
        code, severity, field, value, because, message_tr.format_map(words), message_en.format_map(words)
    )
