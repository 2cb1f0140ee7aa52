# ruff: noqa
# Attacks that end the job or would go on for ever; the test calls one of these functions in each job.


def leave():
    os._exit(0)


def leave_with_status():
    os._exit(7)


def abort():
    os.abort()


def segfault():
    ctypes.string_at(1)


def jump_into_data():
    ctypes.CFUNCTYPE(None)(ctypes.addressof(PAGE))()


def int_80():
    """Calls the kernel by its other door, which no filter of system calls by number would see."""
    start = ctypes.cast(libc.getpid, ctypes.c_void_p).value & ~0xFFF
    for page in range(start - (200 << 12), start + (60 << 12), 4096):
        found = ctypes.string_at(page, 4096).find(b"\xcd\x80")
        if found >= 0:
            ctypes.CFUNCTYPE(None)(page + found)()
    raise RuntimeError("there is no such instruction")


def nested_lists():
    value = []
    for _ in range(200_000):
        value = [value]
    repr(value)


def spin():
    while True:
        pass


def spin_deaf():
    modules["signal"].pthread_sigmask(modules["signal"].SIG_BLOCK, range(1, 65))
    modules["signal"].signal(modules["signal"].SIGTERM, modules["signal"].SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def sleep_for_ever():
    modules["time"].sleep(10_000)


def wait_for_input():
    os.read(os.pipe()[0], 1)


def regular_expression():
    modules["re"].match("(a+)+$", "a" * 60 + "b")


def large_power():
    return len(str(9 ** 9 ** 9))


def occt_loop():
    shape = Part.makeBox(100, 100, 100)
    for number in range(100_000):
        shape = shape.cut(Part.makeCylinder(0.3, 100, App.Vector(number % 97, number % 89, 0)))


def endless_recompute():
    box = DOC.addObject("Part::Box", "Box")
    while True:
        box.Length = 10 + (float(box.Length) + 1) % 7
        DOC.recompute()


def fine_mesh():
    Part.makeSphere(500).tessellate(1e-7)


def memory():
    hoard = []
    while True:
        hoard.append(b"x" * (1 << 24))


def memory_by_numpy():
    hoard = []
    while True:
        hoard.append(REAL_NUMPY.ones(1 << 22))


def memory_at_once():
    return REAL_NUMPY.ones(1 << 34)


def memory_by_shapes():
    hoard = []
    while True:
        hoard.append(Part.makeCompound([Part.makeSphere(1) for _ in range(1000)]))


def disk():
    for number in range(10_000):
        with real.open(f"fill{number}", "wb") as file:
            file.write(b"x" * (1 << 20))


def long_file():
    with real.open("solid.brep", "wb") as file:
        while True:
            file.write(b"x" * (1 << 20))


def sparse_file():
    with real.open("solid.brep", "wb") as file:
        file.seek(1 << 40)
        file.write(b"x")


def inodes():
    for number in range(1_000_000):
        real.open(f"empty{number}", "wb").close()


def flood_events():
    while True:
        os.write(3, b"x" * (1 << 16))


def flood_log():
    while True:
        os.write(2, b"x" * (1 << 16))


def flood_print():
    for _ in range(10_000_000):
        print("x" * 1000)


def long_event():
    os.write(3, b'{"event": "progress", "message": "')
    while True:
        os.write(3, b"x" * (1 << 16))


def fork_bomb():
    for _ in range(100_000):
        try:
            os.fork()
        except OSError:
            pass
    spin()


def thread_bomb():
    for _ in range(100_000):
        try:
            modules["_thread"].start_new_thread(spin, ())
        except RuntimeError:
            pass
    spin()


def forge_exit():
    os.write(3, b'{"event": "exit", "outcome": "finished", "files": {"solid.brep": {}}, "uncollected": null}\n')
    spin()


def forge_the_end():
    os.write(3, b'{"event": "result", "object": "Model"}\n.\n')
    spin()


def garbage_events():
    os.write(3, b"\xff\xfe{not json\n")
    spin()
