"""The second gate: which builtins and modules a script finds while it runs.

The first gate read the script before it came here, the jail is the wall behind both. This one stops what the
first could not see, such as a name put together at run time, and says by its name what was forbidden.
"""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any, Final

MODULES: Final[dict[str, str]] = {
    "FreeCAD": "FreeCAD",
    "App": "FreeCAD",
    "Base": "FreeCAD.Base",
    "FreeCAD.Base": "FreeCAD",  # "import FreeCAD.Base" binds the outer module
    "Part": "Part",
    "PartDesign": "PartDesign",
    "Sketcher": "Sketcher",
    "Draft": "Draft",
    "Import": "Import",
    "Mesh": "Mesh",
    "math": "math",
    "numpy": "numpy",
}
"""What a script may import, and where it is found."""

_HIDDEN: Final[dict[str, frozenset[str]]] = {
    "FreeCAD": frozenset(
        """ParamGet ConfigDump ConfigGet ConfigSet saveParameter open openDocument loadFile
        addDocumentObserver removeDocumentObserver addImportType addExportType
        changeImportModule changeExportModule getUserAppDataDir getUserCachePath
        getUserConfigDir getUserMacroDir getTempPath getHomePath
        ApplicationDirectories""".split()  # noqa: SIM905 - a table to read
    ),
    "Part": frozenset({"open", "insert", "export", "read"}),
    "Mesh": frozenset({"open", "insert", "export", "read"}),
    "Import": frozenset({"open", "insert", "export", "readDXF", "writeDXFShape", "writeDXFObject"}),
}
"""Functions that reach out of the document."""

_NUMPY: Final = frozenset(
    """array asarray linspace arange zeros ones sqrt sin cos tan pi dot cross clip maximum minimum abs
    floor ceil round""".split()  # noqa: SIM905 - a table to read
)
"""All of numpy that a script may use (specification 03.05)."""

_BUILTINS: Final = frozenset(
    """__build_class__ abs all any bin bool bytes callable chr classmethod complex dict divmod enumerate
    filter float format frozenset hash hex id int isinstance issubclass iter len list map max min next
    object oct ord pow property range repr reversed round set slice sorted staticmethod str sum
    super tuple type zip Ellipsis NotImplemented""".split()  # noqa: SIM905 - a table to read
)
_FORBIDDEN: Final = frozenset(
    """breakpoint compile delattr eval exec exit globals help input locals memoryview
    open quit vars""".split()  # noqa: SIM905 - a table to read
)


class ForbiddenError(Exception):
    """The script reached for something that no script may have; ``symbol`` names it."""

    def __init__(self, symbol: str) -> None:
        super().__init__(f"{symbol} is not allowed in scripts")
        self.symbol = symbol


class _Window(ModuleType):
    """A module through which only a part of another one is seen."""

    def __init__(self, real: Any, may_see: Callable[[str], bool], replaced: Mapping[str, Any]) -> None:
        name = str(real.__name__)
        super().__init__(name)

        def look(attribute: str) -> Any:
            if attribute in replaced:
                return replaced[attribute]
            if not may_see(attribute):
                raise ForbiddenError(f"{name}.{attribute}")
            return getattr(real, attribute)

        self.__dict__["__getattr__"] = look  # asked for every name that the window itself does not have


def _window(module: str, replaced: Mapping[str, Any]) -> ModuleType:
    outer, _, inner = module.partition(".")
    real: Any = importlib.import_module(outer)
    if inner:
        return _Window(getattr(real, inner), lambda _name: True, {})
    if outer == "numpy":
        return _Window(real, lambda name: name in _NUMPY, {})
    hidden = _HIDDEN.get(outer, frozenset())
    return _Window(real, lambda name: name not in hidden, replaced if outer == "FreeCAD" else {})


def namespace(*, say: Callable[..., None], of_freecad: Mapping[str, Any]) -> dict[str, Any]:
    """The global names that a script starts with.

    Args:
        say: what ``print`` does.
        of_freecad: what the script finds in the module ``FreeCAD`` instead of the real functions.
    """
    windows: dict[str, ModuleType] = {}

    def load(
        name: str,
        _globals: Mapping[str, Any] | None = None,
        _locals: Mapping[str, Any] | None = None,
        fromlist: Iterable[str] | None = None,
        level: int = 0,
    ) -> ModuleType | None:
        if type(fromlist) is list and not fromlist:
            # PyImport_Import asks so, for FreeCAD and numpy themselves; it takes the module from
            # sys.modules and not from here, so a script that asks in the same way gets nothing
            importlib.import_module(name)
            return None
        if level or name not in MODULES:
            raise ForbiddenError(name or ".")
        module = "FreeCAD.Base" if name == "FreeCAD.Base" and fromlist else MODULES[name]
        if module not in windows:
            windows[module] = _window(module, of_freecad)
        return windows[module]

    known = {name: getattr(builtins, name) for name in _BUILTINS}
    known |= {name: item for name, item in vars(builtins).items() if _is_exception(item)}
    known |= {name: _forbidden(name) for name in _FORBIDDEN}
    known |= {"__import__": load, "print": say, "getattr": _getattr, "hasattr": _hasattr, "setattr": _setattr}
    return {"__name__": "__main__", "__builtins__": known}


def _is_exception(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, Exception)


def _forbidden(name: str) -> Callable[..., Any]:
    def refuse(*_arguments: Any, **_named: Any) -> Any:
        raise ForbiddenError(name)

    return refuse


def _public(name: object) -> str:
    if type(name) is not str or name.startswith("_"):
        raise ForbiddenError(str(name)[:64])
    return name


def _getattr(target: Any, name: str, *default: Any) -> Any:
    return getattr(target, _public(name), *default)


def _hasattr(target: Any, name: str) -> bool:
    return hasattr(target, _public(name))


def _setattr(target: Any, name: str, value: Any) -> None:
    setattr(target, _public(name), value)
