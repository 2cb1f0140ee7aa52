"""The steps of a shaft and its keyway, as people say them."""

from __future__ import annotations

from typing import Any

from atolye.prompts.local.draft import Draft, Stated, mm


def steps_of(draft: Draft) -> list[dict[str, Any]]:
    """“20x30, 30x50, 20x30”, or diameters and lengths in turn; empty when there is one cylinder."""
    pairs = [each for each in draft.free_dims() if len(each.numbers) == 2]
    if len(pairs) > 1 or (pairs and _speaks_of_steps(draft)):
        return [_step(draft, each) for each in pairs]
    diameters, lengths = draft.find("diameter", "radius"), draft.find("length")
    if len(diameters) > 1 and len(diameters) == len(lengths) and _in_turn(diameters, lengths):
        return [
            {
                "diameter": mm(draft.mm(one.numbers[0], one.token) * (2 if one.key == "radius" else 1)),
                "length": mm(draft.mm(other.numbers[0], other.token)),
            }
            for one, other in zip(_used(diameters), _used(lengths), strict=True)
        ]
    return []


def _step(draft: Draft, stated: Stated) -> dict[str, Any]:
    stated.used = True
    diameter, length = (mm(draft.mm(number, stated.token)) for number in stated.numbers)
    return {"diameter": diameter, "length": length}


def _speaks_of_steps(draft: Draft) -> bool:
    return any(token.kind == "s" for phrase in draft.phrases for token in phrase)


def _in_turn(diameters: list[Stated], lengths: list[Stated]) -> bool:
    """Whether every diameter has a length of its own beside it, always on the same side."""
    order = sorted((*diameters, *lengths), key=lambda each: each.token.start)
    kinds = ["l" if each.key == "length" else "d" for each in order]
    return kinds in (["d", "l"] * len(diameters), ["l", "d"] * len(diameters))


def _used(stated: list[Stated]) -> list[Stated]:
    for each in stated:
        each.used = True
    return stated


def keyway_of(draft: Draft) -> dict[str, Any] | None:
    """What is said of a keyway: its own phrase's sizes, or the one that stands beside the word."""
    if "keyway" not in draft.flags:
        return None
    made: dict[str, Any] = {}
    for each in draft.sizes:
        if each.used or not each.key.startswith("keyway"):
            continue
        each.used = True
        name = each.key.partition(":")[2]
        if not name:
            draft.unassigned(each.token)
            continue
        value = mm(draft.mm(each.numbers[0], each.token))
        if name in made and made[name] != value:
            draft.contradict(each.token, each.token)
        made[name] = value
    for each in draft.dims:
        if each.used or each.key != "keyway":
            continue
        each.used = True
        if len(each.numbers) != 2:
            draft.unassigned(each.token)
            continue
        made["width"], made["length"] = (mm(draft.mm(number, each.token)) for number in each.numbers)
    return made
