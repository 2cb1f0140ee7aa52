"""Requests that run a script, and the table of hostile ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from atolye.wire import WIRE_VERSION, Request

HOSTILE = Path(__file__).parents[1] / "data/hostile"
CATEGORIES = ("gate", "walks", "reading", "writing", "network", "processes", "kernel")
EXPORTS = ("model.fcstd", "solid.step", "solid.brep", "mesh.stl", "preview.glb")

_ATTACK = re.compile(r'^attack\("([^"]+)"', re.MULTILINE)


def script_request(source: str, *, origin: str = "user", exports: tuple[str, ...] = EXPORTS) -> Request:
    """A request as the service would send it for a script that has passed the gate."""
    made: dict[str, Any] = {
        "wire": WIRE_VERSION,
        "flow": "script",
        "script": {"source": source, "origin": origin},
        "material": {"key": "en_aw_6061_t6", "density_kg_m3": 2700.0, "rgba": [0.8, 0.8, 0.82, 1.0]},
        "manufacturing": None,
        "mesh": {"linear_deflection_mm": 0.1, "angular_deflection_deg": 5.0, "relative": False},
        "exports": [{"kind": kind} for kind in exports],
    }
    return Request(**made)


def hostile(category: str, port: int = 9) -> tuple[str, list[str]]:
    """One script with all attacks of a kind, and their names.

    Args:
        port: of a listener on this machine that nothing may reach.
    """
    body = (HOSTILE / f"{category}.py").read_text(encoding="utf-8")
    return body if category == "gate" else with_prelude(body, port), _ATTACK.findall(body)


def with_prelude(body: str, port: int = 9) -> str:
    """A hostile script that begins with an attacker's way around the restricted names."""
    prelude = (HOSTILE / "prelude.py").read_text(encoding="utf-8")
    return f"{prelude.replace('PORT = 0', f'PORT = {port}')}\n{body}"


def answers(lines: list[str], names: list[str]) -> dict[str, str]:
    """What the attacks said became of them, by their names; those that said nothing are left out."""
    told = [line.split("\t") for line in lines if line.startswith("ATTACK\t")]
    return {names[int(number)]: answer for _, number, answer in told}
