"""Runs a script and leaves what it made in the job's folder, for another process to judge."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, TracebackType
from typing import Any, Final

import FreeCAD as App

from atolye.kernel import steady
from atolye.kernel.errors import KernelError, Phase
from atolye.kernel.script import rules
from atolye.kernel.script.gate import ForbiddenError, namespace
from atolye.kernel.script.output import Output
from atolye.kernel.script.results import final_object
from atolye.kernel.session import Session
from atolye.wire import EXPORT_FILES, Event

FILE: Final = "<script>"
"""What the script is called in tracebacks; only lines of this file are the user's."""

_MAX_CAUSE: Final = 500
_STAGES: Final[dict[str, tuple[float, Phase]]] = {
    "open": (0.02, "open"),
    "build": (0.05, "model"),
    "recompute": (0.25, "recompute"),
    "check": (0.30, "check"),
    "export": (0.33, "export"),
}


@dataclass
class ScriptJob:
    """One script; its last event names the final object.

    Raises:
        KernelError: ``SCRIPT_FAILED`` with the line of the script and the exception; ``SECURITY_VIOLATION``;
            ``INVALID_SYNTAX``; what :mod:`rules` and the recompute raise.
    """

    request: dict[str, Any]
    folder: str
    emit: Callable[[Event], None]
    session: Session | None = None
    phase: Phase = "open"
    _documents: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        with self._stage("open"):
            self.session = session = Session()
            session.doc.UndoMode = 0  # nothing is taken back here, and undoing would keep every step
        with self._stage("build"), _settled_sketches():
            names = self._execute(str(self.request["script"]["source"]))
            self._require_document()
        with self._stage("recompute"):
            rules.check_order(session.doc)
            session.doc.recompute()
            rules.check(session.doc)
            session.recompute()
        with self._stage("check"):
            obj = final_object(session.doc, names.get("result"))
            session.recompute()
            session.show_only(obj)
        with self._stage("export"):
            self._leave(obj)
        self.emit({"event": "result", "object": obj.Name})

    def close(self) -> None:
        if self.session is not None:
            with contextlib.suppress(
                NameError, ReferenceError, RuntimeError
            ):  # the script may have closed it
                self.session.close()
            self.session = None

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        progress, self.phase = _STAGES[name]
        self.emit({"event": "stage", "stage": name, "progress": progress})
        yield

    # ---- the script ---------------------------------------------------------------------------

    def _execute(self, source: str) -> dict[str, Any]:
        """The global names of the script when it has ended."""
        code = _compiled(source)
        output = Output(self._print)
        names = namespace(say=output.print, of_freecad=self._documents_for_script())
        try:
            with contextlib.redirect_stdout(output):
                exec(code, names)  # noqa: S102 - what this process is for; it is jailed twice
        except ForbiddenError as error:
            raise _forbidden(error) from error
        except (Exception, SystemExit) as error:
            traceback.print_exc(file=sys.stderr)
            raise _failed(error) from error
        finally:
            output.finish()
        return names

    def _require_document(self) -> None:
        assert self.session is not None
        if self.session.doc not in App.listDocuments().values():
            cause = "the script has closed its document"
            raise KernelError(
                "SCRIPT_FAILED", "model", cause, line=0, exception="ReferenceError", cause=cause
            )

    def _print(self, line: str) -> None:
        self.emit({"event": "progress", "stage": "build", "message": line, "source": "script"})

    def _documents_for_script(self) -> Mapping[str, Callable[..., Any]]:
        """The functions that make and find documents; the first one made is the session's.

        It is there already, so that the numbers of its objects do not depend on the process.
        """
        assert self.session is not None
        ours = self.session.doc

        def new_document(name: str = "Unnamed", *arguments: Any, **named: Any) -> Any:
            first = not self._documents
            document = ours if first else App.newDocument(name, *arguments, **named)
            self._documents.setdefault(name, document)
            return document

        def get_document(name: str) -> Any:
            return self._documents.get(name) or App.getDocument(name)

        return {"newDocument": new_document, "getDocument": get_document}

    # ---- what it leaves -----------------------------------------------------------------------

    def _leave(self, obj: Any) -> None:
        assert self.session is not None
        obj.Shape.cleaned().exportBrep(os.path.join(self.folder, EXPORT_FILES["solid.brep"]))
        # a document that cannot be saved is not delivered; the solids are
        with contextlib.suppress(Exception):
            self.session.doc.saveAs(os.path.join(self.folder, EXPORT_FILES["model.fcstd"]))


def _compiled(source: str) -> CodeType:
    try:
        return compile(source, FILE, "exec", dont_inherit=True)
    except SyntaxError as error:
        details = {"lineno": error.lineno or 1, "line": error.lineno or 1, "details": str(error.msg)}
        raise KernelError("INVALID_SYNTAX", "model", str(error.msg), **details) from error
    except ValueError as error:  # a null byte
        raise KernelError(
            "INVALID_SYNTAX", "model", str(error), lineno=1, line=1, details=str(error)
        ) from error


def _forbidden(error: ForbiddenError) -> KernelError:
    line = _line_of(error.__traceback__)
    return KernelError("SECURITY_VIOLATION", "model", str(error), symbol=error.symbol, line=line)


def _failed(error: BaseException) -> KernelError:
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    cause = str(error)[:_MAX_CAUSE]
    if isinstance(error, MemoryError):
        return KernelError("ERR-OOM", "model", f"MemoryError: {cause}")
    line = _line_of(error.__traceback__)
    return KernelError("SCRIPT_FAILED", "model", cause, line=line, exception=name, cause=cause)


def _line_of(trace: TracebackType | None) -> int:
    """The script's own line, the innermost one, in which the exception arose."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


class _Settling:
    """Gives equal numbers of a sketch the same bits before the solver sees them, as builders have it done."""

    def __init__(self) -> None:
        self._busy = False

    def slotChangedObject(self, obj: Any, name: str) -> None:  # noqa: N802 - FreeCAD's name
        if name != "Constraints" or self._busy or obj.TypeId != steady.SKETCH:
            return
        self._busy = True
        try:
            steady.settle(obj)
        finally:
            self._busy = False


@contextmanager
def _settled_sketches() -> Iterator[None]:
    observer = _Settling()
    App.addDocumentObserver(observer)
    try:
        yield
    finally:
        App.removeDocumentObserver(observer)
