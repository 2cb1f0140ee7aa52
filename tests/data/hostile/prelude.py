# ruff: noqa
# What every hostile script begins with: the way around the restricted names, as an attacker finds it, and
# attack(), which says how an attempt ended. PORT is filled in by the test.
import FreeCAD as App
import Part
import Mesh
import numpy

PORT = 0
DOC = App.newDocument()
NUMBERS = iter(range(1000))


def _sys():
    for kind in ().__class__.__base__.__subclasses__():
        try:
            found = kind.__init__.__globals__.get("sys")
        except AttributeError:
            continue
        if found is not None and found.modules:
            return found


sys = _sys()
modules = sys.modules
real = modules["builtins"]
os = modules["os"]
BaseException = real.BaseException
callable = real.callable
ctypes = modules["ctypes"]
errno = modules["errno"]
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
REAL_APP = modules["FreeCAD"]
REAL_PART = modules["Part"]
REAL_NUMPY = modules["numpy"]
REAL_MESH = modules["Mesh"]
REAL_IMPORT = modules["Import"]
PAGE = ctypes.create_string_buffer(4096)


def attack(name, action):
    try:
        answer = "ok " + repr(action())[:80]
    except OSError as error:
        answer = errno.errorcode.get(error.errno or 0, "OSError")
    except BaseException as error:
        answer = type(error).__name__
    print("ATTACK\t%d\t%s" % (next(NUMBERS), answer))


def call(number, *arguments):
    ctypes.set_errno(0)
    given = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    result = libc.syscall(ctypes.c_long(number), *given)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def read(path):
    with real.open(path, "rb") as file:
        return file.read(40)


def append(path):
    with real.open(path, "ab") as file:
        file.write(b"#evil\n")
    return path


def full(shape, result=None):
    if shape.isNull():
        raise ValueError("nothing was read")
    return shape


def loaded(name):
    return real.__import__(name)
