"""What a model is told: versioned system prompts with examples, one folder a profile.

The list of families, operations, materials and processes is written from the code at hand, so that a model is
never told of fields that do not exist.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from atolye.designs.families import registry
from atolye.designs.family import PartFamily
from atolye.designs.features.operations import OPERATIONS
from atolye.designs.fields import Spec
from atolye.designs.materials import materials
from atolye.designs.processes import processes
from atolye.designs.words import fold
from atolye.prompts.glossary import meanings
from atolye.prompts.ports import Message, PromptContext

FREECAD_1_1: Final = "freecad-1.1"
_FOLDERS: Final = {FREECAD_1_1: "freecad_1_1"}
LOCALES: Final = {"tr": "tr-TR", "en": "en-US"}
_MOST_HINTS: Final = 20
_SHORTEST_STEM: Final = 4
"""Letters from which on a glossary term is found with an ending, too."""


@dataclass(frozen=True, slots=True)
class Example:
    """A request and the answer to it."""

    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A system prompt with its examples."""

    name: str
    version: str
    """Name, revision and the beginning of a hash over all that is said."""
    system: str
    examples: tuple[Example, ...]
    correction_template: str

    def messages(self, prompt: str, context: PromptContext) -> list[Message]:
        """The conversation that asks for one answer."""
        made = [Message("system", self.system)]
        for example in self.examples:
            made.append(Message("user", _request(example.prompt, "tr-TR", "mm")))
            made.append(Message("assistant", example.answer))
        locale = LOCALES.get(context.language or "tr", "tr-TR")
        made.append(Message("user", _request(prompt, locale, context.defaults.units)))
        return made

    def correction(self, reason: str) -> str:
        """What a model is told whose answer could not be used."""
        return self.correction_template.format(reason=reason)


@cache
def profile(name: str = FREECAD_1_1) -> Profile:
    """A profile by name.

    Raises:
        KeyError: there is none.
    """
    folder = files("atolye.prompts.profiles").joinpath(_FOLDERS[name])
    told = tomllib.loads(folder.joinpath("profile.toml").read_text(encoding="utf-8"))
    system = folder.joinpath("system.md").read_text(encoding="utf-8") + "\n" + _catalogue()
    examples = tuple(Example(each["prompt"], _compact(each["answer"])) for each in told["examples"])
    said = json.dumps([system, [[each.prompt, each.answer] for each in examples], told["correction"]])
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    version = f"{told['name']}/{told['revision']}+{digest}"
    return Profile(told["name"], version, system, examples, told["correction"])


def _compact(answer: str) -> str:
    return json.dumps(json.loads(answer, strict=False), ensure_ascii=False)


def _request(prompt: str, locale: str, units: str) -> str:
    """A request as the model sees it: facts first, the text last and marked as such."""
    lines = [f"user_locale={locale}", f"birimsiz sayılar: {units}"]
    hints = list(glossary_hints(prompt))
    if hints:
        lines.append("sözlük: " + "; ".join(hints))
    return "\n".join([*lines, "İstek:", prompt])


def glossary_hints(prompt: str) -> Iterator[str]:
    """Terms of the glossary that occur in a text, as ``flanş→flange``; in the order of the text."""
    words = [fold(word) for word in prompt.split()]
    given = 0
    for word in dict.fromkeys(words):
        found = _english_of(word)
        if found is not None:
            yield found
            given += 1
        if given == _MOST_HINTS:
            return


def _english_of(word: str) -> str | None:
    known = _single_terms()
    for length in range(len(word), 0, -1):
        if length < len(word) and length < _SHORTEST_STEM:
            return None
        if word[:length] in known:
            return known[word[:length]]
    return None


@cache
def _single_terms() -> dict[str, str]:
    """Single Turkish words for things and sizes; words like “için” need no hint."""
    return {
        fold(word): f"{word}→{meaning.en[0]}"
        for meaning in meanings()
        if meaning.en and meaning.kind != "word"
        for word in meaning.tr
        if " " not in word
    }


# ---- the catalogue ------------------------------------------------------------------------------------


def _catalogue() -> str:
    families = [_family(each) for key, each in sorted(registry().items()) if key != "features"]
    operations = [f"- {key}: {_fields(kind.specs())}" for key, kind in OPERATIONS.items()]
    example = json.dumps(dict(registry()["features"].example), ensure_ascii=False)
    return "\n".join(
        [
            "## Aileler (yıldızlı alan zorunlu; ayraçta Türkçesi)",
            *families,
            "",
            "## Unsur ağacının işlemleri",
            *operations,
            f'Ölçü yerine ifade yazılabilir ("L / 2"). Örnek: {example}',
            "",
            "## Malzemeler",
            ", ".join(materials()),
            "",
            "## Süreçler",
            ", ".join(processes()),
            "",
        ]
    )


def _family(family: type[PartFamily]) -> str:
    example = {key: value for key, value in family.example.items() if key not in ("process", "machine")}
    shown = json.dumps(example, ensure_ascii=False)
    return f"- {family.key} ({family.title.tr}): {_fields(family.specs())}. {family.frame.tr} Örnek: {shown}"


def _fields(specs: dict[str, Spec]) -> str:
    return ", ".join(
        f"{name}{'*' if spec.required else ''}" + (f" ({spec.tr[0]})" if spec.tr else "")
        for name, spec in specs.items()
    )
