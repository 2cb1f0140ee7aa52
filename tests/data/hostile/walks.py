# ruff: noqa
# Ways from an innocent object to open(), each used to read a file that is none of the script's business.


def reads(opener):
    with opener("/etc/passwd") as file:
        return file.read(40)


def by_globals(function):
    found = function.__globals__["__builtins__"]
    return found["open"] if isinstance(found, dict) else found.open


def frames():
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
    return frame.f_builtins["open"]


def generator_frame():
    def inner():
        yield running.gi_frame.f_back.f_back
    running = inner()
    frame = next(running)
    while frame.f_back is not None:
        frame = frame.f_back
    return frame.f_builtins["open"]


def trace_frame():
    try:
        1 / 0
    except ZeroDivisionError as error:
        frame = error.__traceback__.tb_frame
        while frame.f_back is not None:
            frame = frame.f_back
        return frame.f_builtins["open"]


def closure_of_window():
    for cell in App.__getattr__.__closure__:
        if callable(cell.cell_contents) and hasattr(cell.cell_contents, "func_name"):
            pass
    return by_globals(App.__getattr__)


def subclass(name):
    for kind in object.__subclasses__():
        if kind.__name__ == name:
            return kind


def metaclass():
    class Meta(type):
        def __prepare__(name, bases):
            return {"opener": print.__self__.print.__func__.__globals__["__builtins__"]["open"]}
    class Made(metaclass=Meta):
        found = opener
    return Made.found


def by_property():
    class Holder:
        @property
        def open(self):
            return by_globals(attack.__globals__["loaded"]) if False else real.open
    return Holder().open


def by_descriptor():
    class Hook:
        def __set_name__(self, owner, name):
            owner.opener = real.open
    class Owner:
        hook = Hook()
    return Owner.opener


def by_format():
    text = "{0.__class__.__base__}".format(())
    assert "object" in text
    return f"{real.open.__name__!s}" and real.open


attack("subclasses of object", lambda: reads(real.open))
attack("print's own module", lambda: reads(by_globals(print.__func__)))
attack("print's self", lambda: reads(by_globals(print.__self__.write.__func__)))
attack("the import hook", lambda: reads(by_globals(__builtins__["__import__"])))
attack("the guarded getattr", lambda: reads(by_globals(getattr)))
attack("the refusing open", lambda: reads(by_globals(open)))
attack("outermost frame", lambda: reads(frames()))
attack("frame of a generator", lambda: reads(generator_frame()))
attack("frame of a traceback", lambda: reads(trace_frame()))
attack("the window's closure", lambda: reads(closure_of_window()))
attack("metaclass", lambda: reads(metaclass()))
attack("property", lambda: reads(by_property()))
attack("descriptor", lambda: reads(by_descriptor()))
attack("format string", lambda: reads(by_format()))
attack("loader of math", lambda: modules["math"].__loader__.load_module("posix").open("/etc/passwd", 0))
attack("spec of Part", lambda: modules["Part"].__spec__.loader.get_data("/etc/passwd"))
attack("loader of numpy", lambda: modules["numpy"].__loader__.get_data("/etc/passwd"))
attack("FileIO", lambda: modules["_io"].FileIO("/etc/passwd").read(10))
attack("io.open_code", lambda: modules["_io"].open_code("/etc/passwd").read(10))
attack("posix.open", lambda: modules["posix"].open("/etc/passwd", 0))
attack("codecs.open", lambda: modules["codecs"].open("/etc/passwd").read(10))
attack("os.popen", lambda: modules["os"].popen("cat /etc/passwd").read())
attack("linecache", lambda: modules["linecache"].updatecache("/etc/passwd")[0])
attack("zipfile", lambda: modules["zipfile"].ZipFile("/usr/share/freecad/examples/PartDesignExample.FCStd"))
attack("ElementTree.parse", lambda: modules["xml.etree.ElementTree"].parse("/etc/fonts/fonts.conf"))
attack("shutil.copy", lambda: modules["shutil"].copy("/etc/passwd", "stolen"))
attack("tempfile outside", lambda: modules["tempfile"].mkstemp(dir="/tmp"))
attack("pickle", lambda: {0: "ran"}[loaded("pickle").loads(b"cposix\nsystem\n(S'id'\ntR.")])
attack("code object", lambda: (lambda: 0).__class__((lambda: 0).__code__.replace(co_names=("open",)), {})() or reads(real.open))
attack("exec in real builtins", lambda: real.exec("open('/etc/passwd').read()", {}))
attack("eval in real builtins", lambda: real.eval("open('/etc/passwd').read()", {}))
attack("FreeCAD's interpreter", lambda: REAL_APP.Console and reads(real.open))
attack("expression engine", lambda: DOC.addObject("Part::Box", "B").evalExpression("_py.open('/etc/passwd')"))
attack("expression engine, self", lambda: DOC.addObject("Part::Box", "B").evalExpression("_self.Document.save()"))
attack("expression engine, app", lambda: DOC.addObject("Part::Box", "B").evalExpression("_app.openDocument('/etc/passwd')"))
