"""The operations of a feature tree, as they are written.

Frames: a primitive stands with its base's corner (box, wedge) or the centre of its base (cylinder, cone,
prism) or its own centre (sphere, torus) at ``position``; ``axis`` is where its own +Z points.
A sketch on XY, XZ or YZ has the part's axes of those names as x and y; ``offset`` moves it along the part's
third axis. On a face it is seen from outside, with +Z up (or +X to the right where the face is level), its
origin where the part's origin falls on the face.
"""

# ruff: noqa: RUF009 - fields, not values

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.features.selectors import FaceSelector, Selection, edges_field, faces_field
from atolye.designs.features.sketching import (
    ANY_CURVE,
    MOST_CONSTRAINTS,
    MOST_CURVES,
    AnyConstraint,
    Constraint,
    Curve,
    Several,
    Variant,
)
from atolye.designs.features.values import (
    Value,
    angle_field,
    choice_field,
    count_field,
    direction_field,
    flag_field,
    id_field,
    ids_field,
    number_field,
    place_field,
    size_field,
    vector_field,
)
from atolye.designs.fields import UNREAD, Reading, declared
from atolye.designs.findings import At
from atolye.designs.model import Model
from atolye.designs.units import Unit
from atolye.designs.words import fold

MOST_OPERATIONS: Final = 200
MOST_COPIES: Final = 1000

OP_KEYS: Final = frozenset(
    map(fold, ("op", "operation", "type", "kind", "feature", "işlem", "operasyon", "tür", "unsur"))
)

LENGTH_TR, LENGTH_EN = ("uzunluk", "boy"), ("length", "l")
WIDTH_TR, WIDTH_EN = ("genişlik", "en"), ("width", "w")
HEIGHT_TR, HEIGHT_EN = ("yükseklik",), ("height", "h")
DIAMETER_TR, DIAMETER_EN = ("çap",), ("diameter", "dia", "d", "ø")
RADIUS_TR, RADIUS_EN = ("yarıçap", "radyüs"), ("radius", "r")

MODES: Final = {
    "new": ("yeni", "yeni gövde", "new body", "body"),
    "add": ("ekle", "birleştir", "additive", "join", "fuse"),
    "cut": ("çıkar", "kes", "subtractive", "subtract", "remove"),
}
PLANES: Final = {"xy": ("top", "üst"), "xz": ("front", "ön"), "yz": ("right", "side", "yan", "sağ")}
AXES_OF_TURNING: Final = {
    "x": ("x ekseni", "x axis"),
    "y": ("y ekseni", "y axis"),
    "z": ("z ekseni", "z axis"),
    "sketch_x": ("eskiz x", "yatay", "horizontal", "h axis"),
    "sketch_y": ("eskiz y", "dikey", "düşey", "vertical", "v axis"),
}


def _mode() -> Any:
    return choice_field(("kip", "biçim"), ("mode", "result type"), MODES)


def _target() -> Any:
    return id_field(("hedef", "gövde", "parça"), ("target", "body", "on body", "base", "into", "object"))


def _sketch(*, tr: tuple[str, ...] = ("eskiz", "profil"), en: tuple[str, ...] = ("sketch", "profile")) -> Any:
    return id_field(tr, en)


def _reversed() -> Any:
    return flag_field(("ters", "ters yön"), ("reversed", "reverse", "flip"))


def _axis_of_turning() -> Any:
    return choice_field(("eksen", "dönme ekseni"), ("axis", "about"), AXES_OF_TURNING)


@dataclass(frozen=True, kw_only=True)
class Operation(Model):
    """Base of the operations."""

    op: ClassVar[str]
    called: ClassVar[tuple[str, ...]]
    repeatable: ClassVar[bool] = False
    """Whether a pattern can repeat it."""

    id: str | None = id_field(("ad", "isim", "kimlik"), ("id", "name", "label"))

    def values(self) -> dict[str, Any]:
        return {"op": self.op, **super().values()}


# ---- primitives -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Primitive(Operation):
    """A body of its own, unless ``mode`` adds it to another or cuts it out of one."""

    repeatable: ClassVar[bool] = True
    mode: str | None = _mode()
    target: str | None = _target()
    position: tuple[Value, Value, Value] | None = vector_field(
        ("konum", "yer"), ("position", "at", "origin", "center", "location"), required=False
    )
    axis: Any = direction_field(("eksen", "yön", "doğrultu"), ("axis", "direction"))
    angle: Value | None = angle_field(
        ("dönme açısı", "kendi ekseninde açı"),
        ("rotation", "spin", "rotation angle"),
        -360,
        360,
        required=False,
    )
    """Turn about its own axis, counter-clockwise."""


@dataclass(frozen=True, kw_only=True)
class Box(Primitive):
    op: ClassVar[str] = "box"
    called: ClassVar[tuple[str, ...]] = (
        "kutu",
        "blok",
        "dikdörtgen prizma",
        "block",
        "cuboid",
        "cube",
        "küp",
    )
    length: Value = size_field(LENGTH_TR, LENGTH_EN)
    width: Value = size_field(WIDTH_TR, WIDTH_EN)
    height: Value = size_field((*HEIGHT_TR, "kalınlık"), (*HEIGHT_EN, "thickness"))


@dataclass(frozen=True, kw_only=True)
class Cylinder(Primitive):
    op: ClassVar[str] = "cylinder"
    called: ClassVar[tuple[str, ...]] = ("silindir", "rod", "çubuk")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("diameter", "radius"),)
    diameter: Value | None = size_field(DIAMETER_TR, DIAMETER_EN, required=False)
    radius: Value | None = size_field(RADIUS_TR, RADIUS_EN, required=False)
    height: Value = size_field((*HEIGHT_TR, *LENGTH_TR), (*HEIGHT_EN, *LENGTH_EN))


@dataclass(frozen=True, kw_only=True)
class Sphere(Primitive):
    op: ClassVar[str] = "sphere"
    called: ClassVar[tuple[str, ...]] = ("küre", "ball", "top")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("diameter", "radius"),)
    diameter: Value | None = size_field(DIAMETER_TR, DIAMETER_EN, required=False)
    radius: Value | None = size_field(RADIUS_TR, RADIUS_EN, required=False)


@dataclass(frozen=True, kw_only=True)
class Cone(Primitive):
    op: ClassVar[str] = "cone"
    called: ClassVar[tuple[str, ...]] = ("koni", "kesik koni", "frustum")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("base_diameter", "base_radius"),
        ("top_diameter", "top_radius"),
    )
    base_diameter: Value | None = size_field(
        ("taban çapı", "alt çap"),
        ("base diameter", "bottom diameter", "diameter1"),
        required=False,
        zero=True,
    )
    base_radius: Value | None = size_field(
        ("taban yarıçapı", "alt yarıçap"), ("base radius", "radius1", "r1"), required=False, zero=True
    )
    top_diameter: Value | None = size_field(
        ("üst çap", "tepe çapı"), ("top diameter", "upper diameter", "diameter2"), required=False, zero=True
    )
    top_radius: Value | None = size_field(
        ("üst yarıçap", "tepe yarıçapı"), ("top radius", "radius2", "r2"), required=False, zero=True
    )
    height: Value = size_field((*HEIGHT_TR, *LENGTH_TR), (*HEIGHT_EN, *LENGTH_EN))


@dataclass(frozen=True, kw_only=True)
class Torus(Primitive):
    """A ring: ``major_radius`` from the centre to the middle of the tube, ``minor_radius`` of the tube."""

    op: ClassVar[str] = "torus"
    called: ClassVar[tuple[str, ...]] = ("simit", "halka", "ring", "donut")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("major_radius", "major_diameter"),
        ("minor_radius", "minor_diameter"),
    )
    major_radius: Value | None = size_field(
        ("ana yarıçap", "halka yarıçapı"), ("major radius", "ring radius", "radius1", "r1"), required=False
    )
    minor_radius: Value | None = size_field(
        ("tüp yarıçapı", "küçük yarıçap"), ("minor radius", "tube radius", "radius2", "r2"), required=False
    )
    major_diameter: Value | None = size_field(
        ("ana çap", "halka çapı"), ("major diameter", "ring diameter"), required=False
    )
    minor_diameter: Value | None = size_field(
        ("tüp çapı", "kesit çapı"), ("minor diameter", "tube diameter"), required=False
    )


@dataclass(frozen=True, kw_only=True)
class Wedge(Primitive):
    """A block whose top is another rectangle: ``top_length`` × ``top_width``, moved by ``top_offset_x/y``."""

    op: ClassVar[str] = "wedge"
    called: ClassVar[tuple[str, ...]] = ("kama", "takoz")
    length: Value = size_field(LENGTH_TR, LENGTH_EN)
    width: Value = size_field(WIDTH_TR, WIDTH_EN)
    height: Value = size_field(HEIGHT_TR, HEIGHT_EN)
    top_length: Value = size_field(("üst uzunluk", "üst boy"), ("top length",), zero=True)
    top_width: Value | None = size_field(
        ("üst genişlik", "üst en"), ("top width",), required=False, zero=True
    )
    top_offset_x: Value | None = place_field(
        ("üst kayma x", "üst ofset x"), ("top offset x", "offset x"), required=False
    )
    top_offset_y: Value | None = place_field(
        ("üst kayma y", "üst ofset y"), ("top offset y", "offset y"), required=False
    )


@dataclass(frozen=True, kw_only=True)
class Prism(Primitive):
    """A prism on a regular polygon, a corner on its +X."""

    op: ClassVar[str] = "prism"
    called: ClassVar[tuple[str, ...]] = ("prizma", "altıgen prizma", "polygonal prism", "çokgen prizma")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("diameter", "radius", "across_flats"),)
    sides: Value = count_field(("kenar sayısı", "kenar"), ("sides", "n", "count"), 3, 60)
    diameter: Value | None = size_field(("çap", "dış çap"), ("diameter",), required=False)
    radius: Value | None = size_field(RADIUS_TR, (*RADIUS_EN, "circumradius"), required=False)
    across_flats: Value | None = size_field(
        ("anahtar ağzı",), ("across flats", "inscribed diameter"), required=False
    )
    height: Value = size_field((*HEIGHT_TR, *LENGTH_TR), (*HEIGHT_EN, *LENGTH_EN))


# ---- sketches ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sketch(Operation):
    """Curves in a plane, or on a plane face of a body.

    Without constraints it is constrained as it is drawn: ends that meet are joined, every point gets its
    place, and expressions among the coordinates drive it.
    """

    op: ClassVar[str] = "sketch"
    called: ClassVar[tuple[str, ...]] = ("eskiz", "profil", "profile", "çizim")
    plane: str | None = choice_field(("düzlem",), ("plane",), PLANES)
    offset: Value | None = place_field(("ofset", "kaydırma", "öteleme"), ("offset",), required=False)
    face: tuple[FaceSelector, ...] | None = declared(
        Selection(tr=("yüz", "yüzey"), en=("face", "on face", "support"), required=False)
    )
    target: str | None = _target()
    curves: tuple[Curve, ...] = declared(
        Several(
            tr=("eğriler", "çizgiler", "elemanlar", "geometri"),
            en=("curves", "geometry", "elements", "entities"),
            item=ANY_CURVE,
            least=1,
            most=MOST_CURVES,
        )
    )
    constraints: tuple[Constraint, ...] | None = declared(
        Several(
            tr=("kısıtlar", "kısıtlamalar"),
            en=("constraints",),
            required=False,
            item=AnyConstraint(),
            most=MOST_CONSTRAINTS,
        )
    )
    require_constrained: bool | None = flag_field(
        ("tam kısıtlı olsun", "tam kısıtlı"), ("require constrained", "fully constrained")
    )


# ---- from sketches ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sketched(Operation):
    """What is made of a sketch; of the nearest one before it when none is named."""

    repeatable: ClassVar[bool] = True
    sketch: str | None = _sketch()
    target: str | None = _target()
    reversed: bool | None = _reversed()


@dataclass(frozen=True, kw_only=True)
class Extruded(Sketched):
    """``length`` to one side; with ``length2`` to the other, too; or in all when ``symmetric``."""

    length2: Value | None = size_field(
        ("ikinci uzunluk", "öteki yan"), ("length2", "second length", "other side"), required=False
    )
    symmetric: bool | None = flag_field(("simetrik", "iki yana"), ("symmetric", "midplane", "both sides"))
    taper: Value | None = angle_field(("koniklik", "eğim"), ("taper", "taper angle"), -45, 45, required=False)


@dataclass(frozen=True, kw_only=True)
class Pad(Extruded):
    op: ClassVar[str] = "pad"
    called: ClassVar[tuple[str, ...]] = ("extrude", "extrusion", "dolgu", "uzat", "ekstrüzyon", "yükselt")
    mode: str | None = _mode()
    length: Value = size_field((*LENGTH_TR, "yükseklik", "kalınlık"), (*LENGTH_EN, "height", "thickness"))


@dataclass(frozen=True, kw_only=True)
class Pocket(Extruded):
    """Cuts into the face that its sketch is on; from a plane, against the pad's direction."""

    op: ClassVar[str] = "pocket"
    called: ClassVar[tuple[str, ...]] = ("cep", "oy", "boşalt", "cut extrude", "extrude cut")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("length", "through"),)
    length: Value | None = size_field((*LENGTH_TR, "derinlik"), (*LENGTH_EN, "depth"), required=False)
    through: bool | None = flag_field(("boydan boya", "tam geçen", "açık"), ("through", "through all"))


@dataclass(frozen=True, kw_only=True)
class Turned(Sketched):
    """Turned about an axis of the part or of the sketch; all the way round when no angle is given."""

    axis: str | None = _axis_of_turning()
    angle: Value | None = angle_field(("açı",), ("angle",), 0.001, 360, required=False)
    symmetric: bool | None = flag_field(("simetrik", "iki yana"), ("symmetric", "midplane"))


@dataclass(frozen=True, kw_only=True)
class Revolution(Turned):
    op: ClassVar[str] = "revolution"
    called: ClassVar[tuple[str, ...]] = ("revolve", "döndür", "döndürme", "döndürerek katı")
    mode: str | None = _mode()


@dataclass(frozen=True, kw_only=True)
class Groove(Turned):
    op: ClassVar[str] = "groove"
    called: ClassVar[tuple[str, ...]] = ("oluk", "kanal", "revolve cut", "döndürerek kes")


@dataclass(frozen=True, kw_only=True)
class Loft(Operation):
    """Through two sections or more, in their order."""

    op: ClassVar[str] = "loft"
    called: ClassVar[tuple[str, ...]] = ("çatı", "geçiş", "katmanlı geçiş", "kesitler arası")
    repeatable: ClassVar[bool] = True
    mode: str | None = _mode()
    target: str | None = _target()
    sections: tuple[str, ...] = ids_field(
        ("kesitler", "profiller"), ("sections", "profiles", "sketches"), required=True, least=2
    )
    ruled: bool | None = flag_field(("düz yüzeyli",), ("ruled", "straight"))
    closed: bool | None = flag_field(("kapalı",), ("closed",))


@dataclass(frozen=True, kw_only=True)
class Sweep(Operation):
    """A profile along the curves of another sketch."""

    op: ClassVar[str] = "sweep"
    called: ClassVar[tuple[str, ...]] = ("pipe", "süpür", "süpürme", "yol boyunca")
    repeatable: ClassVar[bool] = True
    mode: str | None = _mode()
    target: str | None = _target()
    profile: str = id_field(("profil", "kesit"), ("profile", "section", "sketch"), required=True)
    path: str = id_field(("yol", "yörünge"), ("path", "spine"), required=True)
    corners: str | None = choice_field(
        ("köşeler",),
        ("corners", "transition"),
        {"transformed": ("olduğu gibi",), "right": ("keskin", "right corner"), "round": ("yuvarlak",)},
    )
    frenet: bool | None = flag_field(("frenet",), ("frenet",))


@dataclass(frozen=True, kw_only=True)
class Helix(Operation):
    """A profile along a helix, by pitch and either height or number of turns."""

    op: ClassVar[str] = "helix"
    called: ClassVar[tuple[str, ...]] = ("helis", "yay sargısı", "coil", "spring", "helical sweep")
    repeatable: ClassVar[bool] = True
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("height", "turns"),)
    mode: str | None = _mode()
    target: str | None = _target()
    sketch: str | None = _sketch()
    axis: str | None = _axis_of_turning()
    pitch: Value = size_field(("hatve", "adım"), ("pitch",))
    height: Value | None = size_field((*HEIGHT_TR, *LENGTH_TR), (*HEIGHT_EN, *LENGTH_EN), required=False)
    turns: Value | None = number_field(
        ("tur sayısı", "sarım", "sarım sayısı"), ("turns", "revolutions"), 0.01, 500, required=False
    )
    left_handed: bool | None = flag_field(("sol", "sol helis"), ("left handed", "left hand", "left"))
    reversed: bool | None = _reversed()


# ---- between bodies ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Combination(Operation):
    """``a`` with all of ``b``; what is left is ``a``'s body."""

    a: str | None = id_field(("ana",), ("a", "base", "target", "body", "from"))
    b: tuple[str, ...] = ids_field(("takım", "diğer", "araç"), ("b", "tool", "tools", "with"), required=True)


@dataclass(frozen=True, kw_only=True)
class Fuse(Combination):
    op: ClassVar[str] = "fuse"
    called: ClassVar[tuple[str, ...]] = ("union", "birleştir", "birleşim", "add", "join")


@dataclass(frozen=True, kw_only=True)
class Cut(Combination):
    op: ClassVar[str] = "cut"
    called: ClassVar[tuple[str, ...]] = ("subtract", "difference", "kes", "çıkar", "fark")


@dataclass(frozen=True, kw_only=True)
class Common(Combination):
    op: ClassVar[str] = "common"
    called: ClassVar[tuple[str, ...]] = ("intersection", "intersect", "kesişim", "kesiştir", "ortak")


# ---- on a finished shape ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Fillet(Operation):
    op: ClassVar[str] = "fillet"
    called: ClassVar[tuple[str, ...]] = ("round", "yuvarla", "kordon", "radyüs ver", "kavis")
    target: str | None = _target()
    radius: Value = size_field(RADIUS_TR, RADIUS_EN)
    edges: Any = edges_field(("kenarlar", "kenar"), ("edges", "edge"))


@dataclass(frozen=True, kw_only=True)
class Chamfer(Operation):
    """By one distance, by two, or by a distance and an angle."""

    op: ClassVar[str] = "chamfer"
    called: ClassVar[tuple[str, ...]] = ("pah", "pah kır", "bevel")
    target: str | None = _target()
    size: Value = size_field(("boyut", "mesafe", "ölçü"), ("size", "distance", "length", "d", "r"))
    size2: Value | None = size_field(("ikinci boyut",), ("size2", "distance2"), required=False)
    angle: Value | None = angle_field(("açı",), ("angle",), 1, 89, required=False)
    flipped: bool | None = flag_field(("ters",), ("flipped", "flip"))
    edges: Any = edges_field(("kenarlar", "kenar"), ("edges", "edge"))


@dataclass(frozen=True, kw_only=True)
class Draft(Operation):
    """Tilts faces about where they meet the neutral plane.

    The body narrows along the plane's normal unless ``outward``.
    """

    op: ClassVar[str] = "draft"
    called: ClassVar[tuple[str, ...]] = ("eğim ver", "kalıp açısı", "draft angle", "çıkma açısı")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("neutral_plane", "neutral_face"),)
    target: str | None = _target()
    angle: Value = angle_field(("açı",), ("angle",), 0.01, 45)
    faces: Any = faces_field(("yüzler", "yüz", "yüzeyler"), ("faces", "face"))
    neutral_plane: str | None = choice_field(("nötr düzlem",), ("neutral plane", "plane"), PLANES)
    neutral_face: Any = faces_field(("nötr yüz",), ("neutral face", "neutral"), required=False)
    outward: bool | None = flag_field(("dışa",), ("outward", "reversed"))


@dataclass(frozen=True, kw_only=True)
class Thickness(Operation):
    """Hollows a body to a wall, open at the given faces; the wall lies inside unless ``outward``."""

    op: ClassVar[str] = "thickness"
    called: ClassVar[tuple[str, ...]] = (
        "shell",
        "kabuk",
        "et kalınlığı",
        "kalınlık ver",
        "hollow",
        "boşalt kabuk",
    )
    target: str | None = _target()
    value: Value = size_field(("kalınlık", "et kalınlığı", "değer"), ("value", "thickness", "wall", "t"))
    faces: Any = faces_field(("yüzler", "açık yüzler", "yüz"), ("faces", "open faces", "face"))
    outward: bool | None = flag_field(("dışa", "dışarı"), ("outward", "outside"))
    corners: str | None = choice_field(
        ("köşeler",), ("corners", "join"), {"round": ("arc", "yuvarlak"), "sharp": ("intersection", "keskin")}
    )


# ---- patterns ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Pattern(Operation):
    """Repeats operations of one body (``of``), or the whole body when none is named."""

    target: str | None = _target()
    of: tuple[str, ...] | None = ids_field(
        ("unsurlar", "işlemler", "hangileri"), ("of", "features", "operations", "originals")
    )


AXIS_CHOICES: Final = {"x": ("x ekseni",), "y": ("y ekseni",), "z": ("z ekseni",)}


@dataclass(frozen=True, kw_only=True)
class LinearPattern(Pattern):
    """``count`` in all, the original with them, ``spacing`` apart or over ``length`` in all."""

    op: ClassVar[str] = "linear_pattern"
    called: ClassVar[tuple[str, ...]] = ("doğrusal dizi", "çizgisel çoğaltma", "array", "doğrusal çoğaltma")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("spacing", "length"),)
    direction: str = choice_field(("yön", "eksen"), ("direction", "axis"), AXIS_CHOICES, required=True)
    count: Value = count_field(("adet", "sayı"), ("count", "occurrences", "n"), 2, MOST_COPIES)
    spacing: Value | None = size_field(("aralık", "adım"), ("spacing", "pitch", "step"), required=False)
    length: Value | None = size_field(("toplam uzunluk", "boy"), ("length", "extent"), required=False)
    reversed: bool | None = _reversed()
    direction2: str | None = choice_field(
        ("ikinci yön", "ikinci eksen"), ("direction2", "second direction"), AXIS_CHOICES
    )
    count2: Value | None = count_field(
        ("ikinci adet",), ("count2", "second count"), 2, MOST_COPIES, required=False
    )
    spacing2: Value | None = size_field(("ikinci aralık",), ("spacing2", "second spacing"), required=False)
    reversed2: bool | None = flag_field(("ikinci ters",), ("reversed2",))


@dataclass(frozen=True, kw_only=True)
class PolarPattern(Pattern):
    """``count`` in all around an axis through the origin: evenly over a full turn, or over ``angle``."""

    op: ClassVar[str] = "polar_pattern"
    called: ClassVar[tuple[str, ...]] = ("dairesel dizi", "dairesel çoğaltma", "circular pattern", "polar")
    axis: str = choice_field(("eksen",), ("axis", "about"), AXIS_CHOICES, required=True)
    count: Value = count_field(("adet", "sayı"), ("count", "occurrences", "n"), 2, MOST_COPIES)
    angle: Value | None = angle_field(("açı",), ("angle",), 0.001, 360, required=False)
    reversed: bool | None = _reversed()


@dataclass(frozen=True, kw_only=True)
class Mirror(Pattern):
    """At a plane through the origin, or at a plane face."""

    op: ClassVar[str] = "mirror"
    called: ClassVar[tuple[str, ...]] = ("aynala", "ayna", "mirrored", "simetri")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("plane", "face"),)
    plane: str | None = choice_field(("düzlem",), ("plane",), PLANES)
    face: Any = faces_field(("yüz", "yüzey"), ("face",), required=False)


OPERATIONS: Final[dict[str, type[Operation]]] = {
    kind.op: kind
    for kind in (
        *(Box, Cylinder, Sphere, Cone, Torus, Wedge, Prism),
        *(Sketch, Pad, Pocket, Revolution, Groove, Loft, Sweep, Helix),
        *(Fuse, Cut, Common),
        *(Fillet, Chamfer, Draft, Thickness),
        *(LinearPattern, PolarPattern, Mirror),
    )
}


@dataclass(frozen=True, kw_only=True)
class Unreadable(Operation):
    """Stands for an operation that could not be read, so that whatever else is wrong is still found."""

    op: ClassVar[str] = "–"


@dataclass(frozen=True, kw_only=True)
class AnyOperation(Variant):
    """An operation of any kind."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        made = super().read(raw, at, reading, unit)
        return Unreadable() if made is UNREAD else made


ANY_OPERATION: Final = AnyOperation(kinds=OPERATIONS, keys=OP_KEYS, key="op")
