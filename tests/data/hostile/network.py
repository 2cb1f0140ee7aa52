# ruff: noqa
# Every kind of socket, and libraries that would use one or that lie where nothing may be read.
CANARY = b"\x02\x00" + PORT.to_bytes(2, "big") + b"\x7f\x00\x00\x01" + bytes(8)


def sock(family, kind, protocol=0):
    return call(41, family, kind, protocol)


def connect(descriptor):
    return call(42, descriptor, CANARY, 16)


attack("tcp", lambda: connect(sock(2, 1)))
attack("udp", lambda: call(44, sock(2, 2), b"x", 1, 0, CANARY, 16))
attack("tcp6", lambda: sock(10, 1))
attack("udp6", lambda: sock(10, 2))
attack("raw", lambda: sock(2, 3, 1))
attack("raw6", lambda: sock(10, 3, 58))
attack("sctp", lambda: sock(2, 5, 132))
attack("unix stream", lambda: sock(1, 1))
attack("unix datagram", lambda: sock(1, 2))
attack("netlink route", lambda: sock(16, 3, 0))
attack("netlink audit", lambda: sock(16, 3, 9))
attack("netlink uevent", lambda: sock(16, 3, 15))
attack("packet", lambda: sock(17, 3, 0x300))
attack("bluetooth", lambda: sock(31, 3, 1))
attack("vsock", lambda: sock(40, 1))
attack("alg", lambda: sock(38, 5))
attack("xdp", lambda: sock(44, 3))
attack("can", lambda: sock(29, 3, 1))
attack("tipc", lambda: sock(30, 1))
attack("rds", lambda: sock(21, 5))
attack("kcm", lambda: sock(41, 5))
attack("socketpair", lambda: call(53, 1, 1, 0, PAGE))
attack("connect on a pipe", lambda: connect(os.pipe()[0]))
attack("connect on the event pipe", lambda: connect(3))
attack("bind", lambda: call(49, 3, CANARY, 16))
attack("listen", lambda: call(50, 3, 1))
attack("accept", lambda: call(43, 3, 0, 0))
attack("sendmsg", lambda: call(46, 3, PAGE, 0))
attack("recvmsg", lambda: call(47, 3, PAGE, 0))
attack("sendmmsg", lambda: call(307, 3, PAGE, 1, 0))
attack("getpeername", lambda: call(52, 3, PAGE, PAGE))
attack("setsockopt", lambda: call(54, 3, 1, 2, PAGE, 4))
attack("shutdown", lambda: call(48, 3, 2))
attack("python's socket", lambda: modules["socket"].socket())
attack("create_connection", lambda: modules["socket"].create_connection(("127.0.0.1", PORT), 1))
attack("a name", lambda: modules["socket"].create_connection(("localhost", PORT), 1))
attack("getaddrinfo of a host", lambda: modules["socket"].getaddrinfo("example.com", 80))
attack("asyncio", lambda: loaded("asyncio").new_event_loop())
attack("urllib", lambda: loaded("urllib.request").urlopen("http://127.0.0.1"))
attack("http", lambda: loaded("http.client").HTTPConnection("127.0.0.1", PORT).connect())
attack("QtNetwork", lambda: loaded("PySide6.QtNetwork"))
attack("App.open of an address", lambda: REAL_APP.openDocument("http://127.0.0.1/x.FCStd"))
attack(
    "import from the job's folder",
    lambda: [sys.path.insert(0, "."), append("this.py"), modules.pop("this", None), loaded("antigravity")],
)
attack("import sqlite3", lambda: loaded("sqlite3"))
attack("import multiprocessing", lambda: loaded("multiprocessing.pool"))
attack("import urllib anew", lambda: loaded("urllib.request"))
attack("import FreeCADGui", lambda: loaded("FreeCADGui"))
attack("import email", lambda: loaded("email.message"))
