#!/usr/bin/env python
"""Compares the corpus with its goldens, or approves what the engine makes now.

tools/gen_golden.py              says what differs; exit status 1 when something does
tools/gen_golden.py --approve    writes the manifest, if independent readers agree with every model
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console
from rich.progress import track

from atolye.bootstrap import engine_for, toolchain_of
from atolye.settings import load_settings
from tests.support import golden


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--approve", action="store_true", help="write the manifest")
    approve = parser.parse_args().approve
    console = Console()
    known = golden.manifest()["entries"] if golden.MANIFEST.exists() else {}
    entries, faults, changes = {}, [], []
    with tempfile.TemporaryDirectory() as scratch, engine_for(load_settings()) as engine:
        for test_id, source in track(golden.corpus().items(), description="Corpus", console=console):
            made = golden.make(engine, source, Path(scratch) / test_id)
            faults += [f"{test_id}: {line}" for line in golden.disagreements_of_others(made)]
            entries[test_id] = made.as_entry()
            if test_id not in known:
                changes.append(f"{test_id}: new")
            else:
                entry = known[test_id]
                lines = golden.metric_differences(entry, made) + golden.byte_differences(entry, made)
                changes += [f"{test_id}: {line}" for line in lines]
        info = toolchain_of(engine)
    changes += [f"{test_id}: gone" for test_id in known if test_id not in entries]
    for line in faults:
        console.print(f"[red]not to be believed[/] {line}")
    for line in changes:
        console.print(line)
    if faults or not approve:
        return 1 if faults or changes else 0
    document = {
        "version_tag": f"fcad-{info.freecad_version}-occt-{info.occt_version}",
        "env": {
            "freecad_version": info.freecad_version,
            "occt_version": info.occt_version,
            "fingerprint": info.fingerprint,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "linear_deflection_mm": 0.1,
            "angular_deflection_deg": 5.0,
        },
        "entries": entries,
    }
    golden.MANIFEST.parent.mkdir(parents=True, exist_ok=True)
    golden.MANIFEST.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    console.print(f"approved {len(entries)} models")
    return 0


if __name__ == "__main__":
    sys.exit(main())
