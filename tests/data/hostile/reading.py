# ruff: noqa
# Files that are not the script's, read or looked at in every way that there is.
SHAPES = [Part.Shape(), Part.Shape()]
attack("read /etc/passwd", lambda: read("/etc/passwd"))
attack("read /etc/hostname", lambda: read("/etc/hostname"))
attack("read /etc/ld.so.cache", lambda: read("/etc/ld.so.cache"))
attack("read /etc/fonts", lambda: read("/etc/fonts/fonts.conf"))
attack("read the kernel's code", lambda: read("/run/code/atolye/kernel/pipeline.py"))
attack("read the wire", lambda: read("/run/code/atolye/wire.py"))
attack("read Python's library", lambda: read("/usr/lib/python3/dist-packages/numpy/__init__.py"))
attack("read a program", lambda: read("/usr/bin/python3"))
attack("read FreeCAD", lambda: read("/usr/share/freecad/examples/PartDesignExample.FCStd"))
attack("read /proc/self/maps", lambda: read("/proc/self/maps"))
attack("read /proc/self/environ", lambda: read("/proc/self/environ"))
attack("read /proc/self/mem", lambda: read("/proc/self/mem"))
attack("read /proc/1/environ", lambda: read("/proc/1/environ"))
attack("read /proc/2/cmdline", lambda: read("/proc/2/cmdline"))
attack("read /proc/version", lambda: read("/proc/version"))
attack("read /proc/net/tcp", lambda: read("/proc/net/tcp"))
attack("read /proc/sys", lambda: read("/proc/sys/kernel/random/boot_id"))
attack("read /sys", lambda: read("/sys/class/dmi/id/product_name"))
attack("read /dev/null", lambda: read("/dev/null"))
attack("read /dev/zero", lambda: read("/dev/zero"))
attack("read /dev/urandom", lambda: read("/dev/urandom"))
attack("read /dev/mem", lambda: read("/dev/mem"))
attack("read /dev/tty", lambda: read("/dev/tty"))
attack("read the other job", lambda: read("/job/../job/secret.txt"))
attack("read a neighbour's folder", lambda: read("/job-2/secret.txt"))
attack("list /", lambda: os.listdir("/"))
attack("list /usr", lambda: os.listdir("/usr"))
attack("list /proc", lambda: os.listdir("/proc"))
attack("list /tmp", lambda: os.listdir("/tmp"))
attack("list /run", lambda: os.listdir("/run"))
attack("list /dev/shm", lambda: os.listdir("/dev/shm"))
attack("list /job/..", lambda: os.listdir("/job/.."))
attack("scandir of the code", lambda: list(os.scandir("/run/code")))
attack("walk upwards", lambda: list(os.scandir("../../..")))
attack("change folder", lambda: os.chdir("/usr"))
attack("readlink exe", lambda: os.readlink("/proc/self/exe"))
attack("readlink cwd of the parent", lambda: os.readlink("/proc/1/cwd"))
attack("openat with a folder", lambda: os.open("passwd", 0, dir_fd=os.open("/etc", 0)))
attack("open by ctypes", lambda: call(2, b"/etc/passwd", 0))
attack("openat by ctypes", lambda: call(257, -100, b"/etc/passwd", 0))
attack("openat2", lambda: call(437, -100, b"/etc/passwd", PAGE, 24))
attack("fopen", lambda: libc.fopen(b"/etc/passwd", b"r") and 1 or real.open("/etc/passwd"))
attack("name_to_handle_at", lambda: call(303, -100, b"/etc/passwd", PAGE, PAGE, 0))
attack("open_by_handle_at", lambda: call(304, 0, PAGE, 0))
attack("statfs", lambda: os.statvfs("/"))
attack("getxattr", lambda: os.getxattr("/etc/passwd", "user.x"))
attack("Part.read", lambda: full(REAL_PART.read("/usr/share/opencascade/data/occ/Bottom.brep")))
attack(
    "Part.Shape.read",
    lambda: [SHAPES[0].read("/usr/share/opencascade/data/occ/Bottom.brep"), full(SHAPES[0])],
)
attack(
    "importBrep",
    lambda: [SHAPES[1].importBrep("/usr/share/opencascade/data/occ/Bottom.brep"), full(SHAPES[1])],
)
attack("Mesh from a file", lambda: REAL_MESH.Mesh("/usr/share/freecad/examples/x.stl"))
attack("Mesh.read", lambda: REAL_MESH.Mesh().read("/etc/passwd"))
attack("Import.open", lambda: REAL_IMPORT.open("/usr/share/opencascade/data/step/screw.step"))
attack("openDocument", lambda: REAL_APP.openDocument("/usr/share/freecad/examples/PartDesignExample.FCStd"))
attack(
    "Part::ImportBrep",
    lambda: [
        setattr(
            DOC.addObject("Part::ImportBrep", "I"), "FileName", "/usr/share/opencascade/data/occ/Bottom.brep"
        ),
        DOC.recompute(),
        full(DOC.I.Shape),
    ],
)
attack(
    "file included",
    lambda: setattr(DOC.addObject("App::DocumentObjectFileIncluded", "F"), "File", "/etc/passwd"),
)
attack(
    "spreadsheet import",
    lambda: (
        DOC.addObject("Spreadsheet::Sheet", "S").importFile("/etc/passwd") and 1 or real.open("/etc/passwd")
    ),
)
attack("numpy.fromfile", lambda: REAL_NUMPY.fromfile("/etc/passwd", dtype="u1"))
attack("numpy.loadtxt", lambda: REAL_NUMPY.loadtxt("/etc/passwd"))
attack("numpy.memmap", lambda: REAL_NUMPY.memmap("/etc/passwd"))
attack("numpy.genfromtxt", lambda: REAL_NUMPY.genfromtxt("/etc/passwd"))
attack("load a library", lambda: ctypes.CDLL("/usr/lib/x86_64-linux-gnu/libsqlite3.so.0"))
attack("load the job's own library", lambda: [append("evil.so"), ctypes.CDLL("./evil.so")])
attack("loadFile", lambda: REAL_APP.loadFile("/usr/share/freecad/examples/PartDesignExample.FCStd"))
attack("mergeProject", lambda: DOC.mergeProject("/usr/share/freecad/examples/PartDesignExample.FCStd"))
attack("restore from content", lambda: DOC.load("/usr/share/freecad/examples/PartDesignExample.FCStd"))
# a failure of this one leaves FreeCAD broken, so it comes last
attack("App.Metadata", lambda: REAL_APP.Metadata("/usr/share/freecad/Mod/Draft/package.xml"))
