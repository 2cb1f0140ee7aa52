# ruff: noqa
# Attempts to change something outside the job's own folder, and traps laid for whoever collects its files.
attack("write /tmp", lambda: append("/tmp/evil"))
attack("write /dev/shm", lambda: append("/dev/shm/evil"))
attack("write /run", lambda: append("/run/evil"))
attack("write /var/tmp", lambda: append("/var/tmp/evil"))
attack("write /", lambda: append("/evil"))
attack("write /usr", lambda: append("/usr/evil"))
attack("write the kernel's code", lambda: append("/run/code/atolye/kernel/pipeline.py"))
attack("write the wire", lambda: append("/run/code/atolye/wire.py"))
attack("write the seed", lambda: append("/run/code/atolye/kernel/seed/model.FCStd"))
attack("write FreeCAD", lambda: append("/usr/lib/freecad-python3/lib/FreeCAD.so"))
attack("write above", lambda: append("../evil"))
attack("write beside", lambda: append("/job-2/evil"))
attack("write home", lambda: append(os.path.expanduser("~/evil")))
attack("write /proc/self/mem", lambda: append("/proc/self/mem"))
attack("write oom_score_adj", lambda: append("/proc/self/oom_score_adj"))
attack("write /proc/sysrq-trigger", lambda: append("/proc/sysrq-trigger"))
attack("write core_pattern", lambda: append("/proc/sys/kernel/core_pattern"))
attack("write cgroup", lambda: append("/sys/fs/cgroup/cgroup.procs"))
attack("write /dev/null", lambda: append("/dev/null"))
attack("write /dev/kmsg", lambda: append("/dev/kmsg"))
attack("mkdir outside", lambda: os.mkdir("/tmp/evil.d"))
attack("rmdir the folder", lambda: os.rmdir("/job"))
attack("unlink the code", lambda: os.unlink("/run/code/atolye/wire.py"))
attack("rename out", lambda: [append("mine"), os.rename("mine", "/tmp/mine")])
attack("rename in", lambda: os.rename("/run/code/atolye/wire.py", "wire.py"))
attack("truncate outside", lambda: os.truncate("/run/code/atolye/wire.py", 0))
attack("symlink", lambda: os.symlink("/etc/passwd", "solid.brep"))
attack("hard link", lambda: os.link("/usr/bin/python3", "solid.step"))
attack("link by descriptor", lambda: call(265, -100, b"/etc/passwd", -100, b"model.FCStd", 0))
attack("fifo", lambda: os.mkfifo("mesh.stl"))
attack("socket node", lambda: os.mknod("mesh.obj", 0o140666))
attack("device node", lambda: os.mknod("mesh.3mf", 0o020666, 0x103))
attack("chmod", lambda: os.chmod(".", 0o777))
attack("chown", lambda: os.chown(".", 0, 0))
attack("setuid bit", lambda: [append("suid"), os.chmod("suid", 0o4777)])
attack("setxattr", lambda: [append("attr"), os.setxattr("attr", "user.x", b"1")])
attack("utime outside", lambda: os.utime("/run/code/atolye/wire.py"))
attack("chroot", lambda: os.chroot("."))
attack("memfd", lambda: os.memfd_create("x"))
attack("O_TMPFILE outside", lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR))
attack("saveAs outside", lambda: DOC.saveAs("/tmp/evil.FCStd"))
attack("saveCopy outside", lambda: DOC.saveCopy("/tmp/evil.FCStd") or real.open("/tmp/evil.FCStd"))
attack("exportBrep outside", lambda: Part.makeBox(1, 1, 1).exportBrep("/tmp/evil.brep"))
attack("exportStep outside", lambda: Part.makeBox(1, 1, 1).exportStep("/tmp/evil.step"))
attack("exportIges outside", lambda: Part.makeBox(1, 1, 1).exportIges("/tmp/evil.iges"))
attack(
    "exportStl outside",
    lambda: Part.makeBox(1, 1, 1).exportStl("/tmp/evil.stl") or real.open("/tmp/evil.stl"),
)
attack(
    "exportBinary outside",
    lambda: Part.makeBox(1, 1, 1).exportBinary("/tmp/evil.bin") or real.open("/tmp/evil.bin"),
)
attack(
    "Import.export outside",
    lambda: (
        REAL_IMPORT.export([DOC.addObject("Part::Box", "B")], "/tmp/evil.step") or real.open("/tmp/evil.step")
    ),
)
attack("mesh outside", lambda: REAL_MESH.createBox(1, 1, 1).write("/tmp/evil.stl"))
attack(
    "spreadsheet export",
    lambda: (
        DOC.addObject("Spreadsheet::Sheet", "S").exportFile("/tmp/evil.csv") or real.open("/tmp/evil.csv")
    ),
)
attack(
    "saveParameter",
    lambda: [
        REAL_APP.ParamGet("User parameter:BaseApp").SetString("evil", "1"),
        REAL_APP.ParamGet("User parameter:BaseApp").Export("/tmp/evil.cfg"),
        real.open("/tmp/evil.cfg"),
    ],
)
attack("numpy.save", lambda: REAL_NUMPY.save("/tmp/evil.npy", REAL_NUMPY.zeros(1)))
attack("numpy.tofile", lambda: REAL_NUMPY.zeros(1).tofile("/tmp/evil.bin"))
attack("bytecode", lambda: loaded("py_compile").compile("x"))
