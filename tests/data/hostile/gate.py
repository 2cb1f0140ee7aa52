# ruff: noqa
# Names that the second gate refuses, reached in ways that a reading of the text can miss.
import FreeCAD as App
import Part
import Mesh
import Import
import numpy
import numpy as np

NUMBERS = iter(range(1000))


def attack(name, action):
    try:
        answer = "ok " + repr(action())[:80]
    except Exception as error:
        answer = str(error)[:100]
    print("ATTACK\t%d\t%s" % (next(NUMBERS), answer))


def import_os():
    import os
    return os


def import_subprocess():
    import subprocess
    return subprocess


def import_from_os():
    from os import system
    return system


def import_submodule():
    import numpy.linalg
    return numpy


def import_ctypes():
    import ctypes
    return ctypes


def import_importlib():
    from importlib import import_module
    return import_module


def import_pickle():
    import pickle
    return pickle


def import_meshpart():
    import MeshPart
    return MeshPart


def import_gui():
    import FreeCADGui
    return FreeCADGui


def import_kernel():
    from atolye.kernel import pipeline
    return pipeline


def import_relative():
    from . import kernel
    return kernel


def from_numpy():
    from numpy import fromfile
    return fromfile


def from_freecad():
    from FreeCAD import ParamGet
    return ParamGet


def decorated():
    @eval
    def text():
        pass
    return text


def lowered():
    return [open, 1][0]("/etc/passwd")


class Caller:
    def __call__(self):
        return __import__("o" + "s")


attack("open", lambda: open("/etc/passwd"))
attack("open out of a list", lowered)
attack("eval", lambda: eval("1"))
attack("exec", lambda: exec("1"))
attack("compile", lambda: compile("1", "x", "eval"))
attack("globals", lambda: globals())
attack("locals", lambda: locals())
attack("vars", lambda: vars(App))
attack("breakpoint", lambda: breakpoint())
attack("input", lambda: input())
attack("exit", lambda: exit())
attack("quit", lambda: quit())
attack("help", lambda: help())
attack("memoryview", lambda: memoryview(b"x"))
attack("delattr", lambda: delattr(App, "x"))
attack("eval as a decorator", decorated)
attack("eval through map", lambda: list(map(eval, ["1"])))
attack("open as a key", lambda: sorted(["/etc/passwd"], key=open))
attack("__import__", lambda: __import__("os"))
attack("__import__ in an object", Caller())
attack("__import__ with a list", lambda: __import__("os", fromlist=["system"]))
attack("__import__ of a path", lambda: __import__("/etc/passwd"))
attack("__import__ of nothing", lambda: __import__(""))
attack("import os", import_os)
attack("import subprocess", import_subprocess)
attack("from os", import_from_os)
attack("import numpy.linalg", import_submodule)
attack("import ctypes", import_ctypes)
attack("import importlib", import_importlib)
attack("import pickle", import_pickle)
attack("import MeshPart", import_meshpart)
attack("import FreeCADGui", import_gui)
attack("import the kernel", import_kernel)
attack("import relatively", import_relative)
attack("from numpy import fromfile", from_numpy)
attack("from FreeCAD import ParamGet", from_freecad)
attack("numpy.load", lambda: numpy.load("x"))
attack("numpy.save", lambda: np.save("x", np.zeros(1)))
attack("numpy.fromfile", lambda: np.fromfile("/etc/passwd"))
attack("numpy.memmap", lambda: np.memmap("x"))
attack("numpy.ctypeslib", lambda: np.ctypeslib)
attack("numpy.core", lambda: np.core)
attack("numpy.f2py", lambda: np.f2py)
attack("numpy.linalg", lambda: np.linalg)
attack("ParamGet", lambda: App.ParamGet("User parameter:BaseApp"))
attack("ConfigSet", lambda: App.ConfigSet("a", "b"))
attack("ConfigDump", lambda: App.ConfigDump())
attack("saveParameter", lambda: App.saveParameter())
attack("openDocument", lambda: App.openDocument("/etc/passwd"))
attack("App.open", lambda: App.open("/etc/passwd"))
attack("loadFile", lambda: App.loadFile("/etc/passwd"))
attack("addDocumentObserver", lambda: App.addDocumentObserver(object()))
attack("addImportType", lambda: App.addImportType("x", "os"))
attack("getUserMacroDir", lambda: App.getUserMacroDir())
attack("Part.read", lambda: Part.read("/etc/passwd"))
attack("Part.open", lambda: Part.open("/etc/passwd"))
attack("Part.export", lambda: Part.export([], "x.step"))
attack("Import.open", lambda: Import.open("/etc/passwd"))
attack("Import.export", lambda: Import.export([], "x.step"))
attack("Mesh.read", lambda: Mesh.read("/etc/passwd"))
attack("Mesh.export", lambda: Mesh.export([], "x.stl"))
attack("getattr of a window", lambda: getattr(App, "Param" + "Get"))
attack("getattr of a dunder", lambda: getattr(App, "__dict__"))
attack("getattr of a class", lambda: getattr((), "__class__"))
attack("hasattr of a dunder", lambda: hasattr((), "__class__"))
attack("setattr of a dunder", lambda: setattr(Caller, "__del__", 1))
attack("getattr by a mock of text", lambda: getattr(App, type("S", (str,), {"startswith": lambda *a: False})("_x")))
