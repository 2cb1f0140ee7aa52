# ruff: noqa
# Scripts that make a cube of 10 mm and lie about it; the test calls one of these functions in each job.


def honest():
    Part.show(Part.makeBox(10, 10, 10))


def claim_a_volume():
    """Says what the measuring process would say, and announces files that are not there."""
    honest()
    os.write(3, b'{"event": "result", "metrics": {"display": {"volume_mm3": 999.0}}, "object": "Shape"}\n')
    os.write(3, b'{"event": "artefact", "kind": "solid.step", "file": "solid.step", "sha256": "00"}\n')
    os.write(3, b'{"event": "warning", "code": "ENGINE_MEMORY_PRESSURE", "severity": "warning"}\n')


def patch_the_kernel():
    """Puts false measures in place of the kernel's own."""
    honest()
    metrics = modules["atolye.kernel.measure.metrics"]
    metrics.measure = lambda *arguments: {"display": {"volume_mm3": 999.0}}
    modules["atolye.kernel.script.rules"].check = lambda document: None
    modules["atolye.kernel.pipeline"]._require_solid = lambda *arguments: None
    modules["atolye.kernel.script.finish"].same = lambda *arguments: True


def patch_the_class():
    """Lets every object lie about its own shape, as far as Python lets it."""
    honest()
    REAL_PART.Solid = type("Solid", (), {"Volume": 999.0})
    REAL_PART.makeBox = lambda *arguments: None


def name_another_object():
    honest()
    other = DOC.addObject("Part::Box", "Other")
    other.Length = 20
    DOC.recompute()
    other.Visibility = False
    run = modules["atolye.kernel.script.run"].ScriptJob
    leave = run._leave

    def lie(job, obj):
        leave(job, obj)
        job.session.doc.getObject("Shape").Label = "../../etc/passwd"
        os.write(3, b'{"event": "result", "object": "Other"}\n.\n')
        modules["time"].sleep(60)

    run._leave = lie


def swap_the_document():
    """Leaves another document than the shape belongs to."""
    honest()
    run = modules["atolye.kernel.script.run"].ScriptJob
    leave = run._leave

    def lie(job, obj):
        leave(job, obj)
        obj.Shape = Part.makeBox(20, 20, 20)
        job.session.doc.saveAs(os.path.join(job.folder, "model.FCStd"))

    run._leave = lie


def python_in_the_document():
    honest()
    feature = DOC.addObject("App::FeaturePython", "Evil")
    feature.addProperty("App::PropertyPythonObject", "Payload")
    feature.Payload = {"__class__": "os.system"}


def expression_in_the_document():
    honest()
    feature = DOC.addObject("App::VarSet", "Evil")
    feature.addProperty("App::PropertyFloat", "Value")
    run = modules["atolye.kernel.script.run"].ScriptJob
    leave = run._leave

    def lie(job, obj):
        leave(job, obj)
        path = os.path.join(job.folder, "model.FCStd")
        rewrite(path, lambda data: data.replace(b'ExpressionEngine count="0"', b'ExpressionEngine count="1"', 1).replace(
            b"<ExpressionEngine", b'<Expression path="Value" expression="_py.open"/><ExpressionEngine', 1))

    run._leave = lie


def rewrite(path, edit):
    zipfile = modules["zipfile"]
    with zipfile.ZipFile(path, metadata_encoding="utf-8") as old:
        entries = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w") as new:
        for name, data in entries:
            new.writestr(name, edit(data) if name == "Document.xml" else data)


def _left_with(edit):
    run = modules["atolye.kernel.script.run"].ScriptJob
    leave = run._leave

    def lie(job, obj):
        leave(job, obj)
        edit(os.path.join(job.folder, "model.FCStd"))

    run._leave = lie


def proxy_in_the_document():
    honest()
    _left_with(lambda path: rewrite(path, lambda data: data.replace(
        b"</Properties>", b'<Property name="Proxy" type="App::PropertyPythonObject">'
        b'<Python value="ImUi" encoded="yes" module="os" class="system"/></Property></Properties>', 1)))


def file_in_the_document():
    honest()
    _left_with(lambda path: rewrite(path, lambda data: data.replace(b"Part::Feature", b"Part::ImportBrep")))


def entity_in_the_document():
    honest()
    _left_with(lambda path: rewrite(path, lambda data: data.replace(
        b"<Document ", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document ', 1)))


def bomb_in_the_document():
    """An archive that unpacks to more than anybody wants."""
    honest()

    def bomb(path):
        with modules["zipfile"].ZipFile(path, "w", 8) as archive:
            for number in range(400):
                archive.writestr(f"x{number}.bin", b"\0" * (1 << 20))

    _left_with(bomb)


def path_in_the_archive():
    honest()

    def climb(path):
        with modules["zipfile"].ZipFile(path, "w") as archive:
            archive.writestr("../../../tmp/evil", b"evil")

    _left_with(climb)


def no_archive():
    honest()
    _left_with(lambda path: append(path) and real.open(path, "wb").write(b"PK\x03\x04 nonsense"))


def folder_for_a_document():
    honest()
    _left_with(lambda path: [os.unlink(path), os.mkdir(path)])


def no_document():
    honest()
    _left_with(os.unlink)
