"""The text of a STEP file (ISO 10303-21): a fixed header, and AP203 made from AP214.

The geometry's entities are the same in both. OCCT's own AP203 writer looks up the host's address and the
user's name, which a sandbox has not (it crashes) and a reproducible file must not hold. The management data
that AP203 demands are added here with fixed values.
"""

from __future__ import annotations

import re
from typing import Final

from atolye.kernel.errors import KernelError
from atolye.kernel.exchange.fcstd import EPOCH

_FILE_SCHEMAS: Final = {
    "AP203": "CONFIG_CONTROL_DESIGN",
    "AP214": "AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }",
    "AP242": "AP242_MANAGED_MODEL_BASED_3D_ENGINEERING_MIM_LF { 1 0 10303 442 1 1 4 }",
}

_HEADER: Final = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('model'),'2;1');
FILE_NAME('model','{date}',(''),(''),'Open CASCADE','atolye','');
FILE_SCHEMA(('{schema}'));
ENDSEC;
"""

_TRANSLATOR: Final = re.compile(rb"Open CASCADE STEP translator (\d+\.\d+) [\d.]+")
_ASSEMBLY_NUMBER: Final = re.compile(rb"(NEXT_ASSEMBLY_USAGE_OCCURRENCE\(')(\d+)(')")


def canonical(data: bytes, schema: str) -> bytes:
    """The file with a fixed header, LF line ends and counters that start at one."""
    _, start, body = data.replace(b"\r\n", b"\n").partition(b"DATA;\n")
    if not start:
        raise KernelError("FC_EXPORT_STEP_FAILED", "export", "the STEP file has no DATA section")
    header = _HEADER.format(date=EPOCH[:19], schema=_FILE_SCHEMAS[schema]).encode()
    body = _TRANSLATOR.sub(rb"Open CASCADE STEP translator \1 1", body)
    numbers = {number: index for index, (_, number, _) in enumerate(_ASSEMBLY_NUMBER.findall(body), start=1)}
    body = _ASSEMBLY_NUMBER.sub(lambda match: b"%s%d%s" % (match[1], numbers[match[2]], match[3]), body)
    return header + start + (_as_ap203(body) if schema == "AP203" else body)


# ---- AP203 ---------------------------------------------------------------------------------------

_REPLACED: Final = (
    (
        r"APPLICATION_PROTOCOL_DEFINITION\('international standard',\s*'automotive_design',2000,",
        "APPLICATION_PROTOCOL_DEFINITION('international standard',\n  'config_control_design',1994,",
    ),
    (
        r"APPLICATION_CONTEXT\(\s*'[^']*'\s*\)",
        "APPLICATION_CONTEXT(\n'configuration controlled 3D designs of mechanical parts and assemblies')",
    ),
    (
        r"PRODUCT_DEFINITION_FORMATION\(('[^']*','[^']*',#\d+)\)",
        r"PRODUCT_DEFINITION_FORMATION_WITH_SPECIFIED_SOURCE(\1,\n  .NOT_KNOWN.)",
    ),
    (r"= PRODUCT_CONTEXT\(", "= MECHANICAL_CONTEXT("),
    (r"= PRODUCT_DEFINITION_CONTEXT\('[^']*',", "= DESIGN_CONTEXT('',"),
    (r"PRODUCT_RELATED_PRODUCT_CATEGORY\('part',", "PRODUCT_RELATED_PRODUCT_CATEGORY('detail',"),
)
"""Entities of AP214's product structure and what AP203 (ISO 10303-203, 1994) has in their place."""

_PRODUCT: Final = re.compile(
    r"#(?P<definition>\d+) = PRODUCT_DEFINITION\('[^']*','[^']*',#(?P<formation>\d+),#\d+\);"
)
_FORMATION: Final = r"#%s = PRODUCT_DEFINITION_FORMATION_WITH_SPECIFIED_SOURCE\('[^']*','[^']*',#(\d+),"
_CATEGORY: Final = r"#(\d+) = PRODUCT_RELATED_PRODUCT_CATEGORY\('detail',[^;]*\(#%s\)\);"

_SHARED: Final = (
    ("person", "PERSON('unknown','unknown','',$,$,$)"),
    ("organization", "ORGANIZATION('unknown','unknown','')"),
    ("author", "PERSON_AND_ORGANIZATION({person},{organization})"),
    ("creator", "PERSON_AND_ORGANIZATION_ROLE('creator')"),
    ("owner", "PERSON_AND_ORGANIZATION_ROLE('design_owner')"),
    ("supplier", "PERSON_AND_ORGANIZATION_ROLE('design_supplier')"),
    ("officer", "PERSON_AND_ORGANIZATION_ROLE('classification_officer')"),
    ("date", "CALENDAR_DATE(2020,1,1)"),
    ("offset", "COORDINATED_UNIVERSAL_TIME_OFFSET(0,$,.EXACT.)"),
    ("time", "LOCAL_TIME(0,0,$,{offset})"),
    ("moment", "DATE_AND_TIME({date},{time})"),
    ("created", "DATE_TIME_ROLE('creation_date')"),
    ("classified", "DATE_TIME_ROLE('classification_date')"),
    ("level", "SECURITY_CLASSIFICATION_LEVEL('unclassified')"),
    ("status", "APPROVAL_STATUS('not_yet_approved')"),
    ("approver", "APPROVAL_ROLE('approver')"),
    ("part", "PRODUCT_CATEGORY('part',$)"),
)

_OF_EACH_PRODUCT: Final = (
    ("relation", "PRODUCT_CATEGORY_RELATIONSHIP('','',{part},{category})"),
    ("security", "SECURITY_CLASSIFICATION('','',{level})"),
    ("approval", "APPROVAL({status},'')"),
    ("a1", "CC_DESIGN_PERSON_AND_ORGANIZATION_ASSIGNMENT({author},{creator},({formation},{definition}))"),
    ("a2", "CC_DESIGN_PERSON_AND_ORGANIZATION_ASSIGNMENT({author},{owner},({product}))"),
    ("a3", "CC_DESIGN_PERSON_AND_ORGANIZATION_ASSIGNMENT({author},{supplier},({formation}))"),
    ("a4", "CC_DESIGN_PERSON_AND_ORGANIZATION_ASSIGNMENT({author},{officer},({security}))"),
    ("a5", "CC_DESIGN_SECURITY_CLASSIFICATION({security},({formation}))"),
    ("a6", "CC_DESIGN_DATE_AND_TIME_ASSIGNMENT({moment},{created},({definition}))"),
    ("a7", "CC_DESIGN_DATE_AND_TIME_ASSIGNMENT({moment},{classified},({security}))"),
    ("a8", "CC_DESIGN_APPROVAL({approval},({formation},{definition},{security}))"),
    ("a9", "APPROVAL_PERSON_ORGANIZATION({author},{approval},{approver})"),
    ("a10", "APPROVAL_DATE_TIME({moment},{approval})"),
)


def _as_ap203(body: bytes) -> bytes:
    """AP214's DATA section as AP203's: other product entities, management data behind them."""
    text = body.decode("latin-1")
    for pattern, replacement in _REPLACED:
        text, count = re.subn(pattern, replacement, text)
        if not count:
            raise KernelError(
                "FC_EXPORT_STEP_FAILED", "export", "unexpected product structure", schema="AP203"
            )
    entities, end, rest = text.partition("ENDSEC;")
    return (entities + _management_data(entities) + end + rest).encode("latin-1")


def _management_data(entities: str) -> str:
    lines: list[str] = []
    next_number = 1 + max(int(number) for number in re.findall(r"^#(\d+) =", entities, re.MULTILINE))
    names: dict[str, str] = {}

    def add(templates: tuple[tuple[str, str], ...]) -> None:
        for name, template in templates:
            names[name] = f"#{next_number + len(lines)}"
            lines.append(f"{names[name]} = {template.format_map(names)};\n")

    add(_SHARED)
    for product in _PRODUCT.finditer(entities):
        names.update({key: f"#{number}" for key, number in product.groupdict().items()})
        names["product"] = "#" + _one(_FORMATION % product["formation"], entities)
        names["category"] = "#" + _one(_CATEGORY % names["product"][1:], entities)
        add(_OF_EACH_PRODUCT)
    return "".join(lines)


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise KernelError("FC_EXPORT_STEP_FAILED", "export", "unexpected product structure", schema="AP203")
    return found[1]
