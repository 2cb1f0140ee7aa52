"""3MF (core specification 1.3): the shared tessellation with unit and material colour.

Each solid is a mesh object of its own, because the specification wants every mesh to be manifold.
"""

from __future__ import annotations

import zipfile
from typing import Final

from atolye.kernel.exchange.fcstd import entry
from atolye.kernel.exchange.model import Metadata, Model, Options
from atolye.kernel.measure.tessellation import Tessellation

_CONTENT_TYPES: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
 <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
 <Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
</Types>
"""

_RELATIONSHIPS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="rel0" Target="/3D/3dmodel.model"
  Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>
"""


def write(model: Model, path: str, options: Options) -> Metadata:
    """Writes the package, uncompressed and with fixed dates."""
    mesh = model.tessellation
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        package.writestr(entry("[Content_Types].xml"), _CONTENT_TYPES)
        package.writestr(entry("_rels/.rels"), _RELATIONSHIPS)
        package.writestr(entry("3D/3dmodel.model"), _model_xml(model))
    return {"options": {"unit": "mm"}, "mesh": mesh.parameters, "triangles": len(mesh.triangles)}


def _model_xml(model: Model) -> str:
    bodies = model.tessellation.bodies()
    objects = "".join(_object_xml(number, body) for number, body in enumerate(bodies, start=2))
    items = "".join(f'  <item objectid="{number}"/>\n' for number in range(2, len(bodies) + 2))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<model unit="millimeter" xml:lang="en-US"'
        ' xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">\n'
        " <resources>\n"
        '  <basematerials id="1">\n'
        f'   <base name="{model.material_name}" displaycolor="{_colour(model)}"/>\n'
        "  </basematerials>\n"
        f"{objects} </resources>\n <build>\n{items} </build>\n</model>\n"
    )


def _object_xml(number: int, body: Tessellation) -> str:
    points = "".join(f'<vertex x="{x:.9g}" y="{y:.9g}" z="{z:.9g}"/>\n' for x, y, z in body.points.tolist())
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>\n' for a, b, c in body.triangles.tolist())
    return (
        f'  <object id="{number}" type="model" pid="1" pindex="0">\n   <mesh>\n'
        f"<vertices>\n{points}</vertices>\n<triangles>\n{triangles}</triangles>\n   </mesh>\n  </object>\n"
    )


def _colour(model: Model) -> str:
    """The material's colour as ``#RRGGBBAA``."""
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in model.rgba)
