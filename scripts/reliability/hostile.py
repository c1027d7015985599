"""Strangers who want to fill the database, hold up the process, or keep everybody out, while people work in it."""

import socket
import threading
import time
import urllib.parse
import uuid

from bench import Browser, Unknown, Unsent, check, guarded, violation

FORM = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n"


def hostile(bench, engine, options):
    instance = bench.instance(engine, 20)
    server = instance.serve(CASETRAKR_LIMITS_STALL_SECONDS="2")
    browser = Browser(server).sign_in()
    figures = {}
    for name, attack in ATTACKS.items():
        waits, over = [], threading.Event()
        worker = threading.Thread(target=guarded, args=(work, browser.another(), waits, over))
        worker.start()
        started = time.monotonic()
        guarded(attack, server, browser, options)
        seconds = time.monotonic() - started
        over.set()
        worker.join()
        slowest = max(waits, default=0)
        print(f"  {name:20} {seconds:5.1f} s; {len(waits)} writes meanwhile, the slowest took {slowest:.2f} s")
        check(waits, f"{name}: nobody else could write")
        check(slowest < 5, f"{name}: a colleague's note took {slowest:.1f} s")
        figures[name] = f"{slowest:.2f} s"
    code, _ = server.stop()
    check(code == 0, f"SIGTERM ends with {code}")
    server.check_log()
    return figures


def work(browser, waits, over):
    """A colleague who writes notes all the while."""
    number = browser.read("/api/cases/list", query="")["rows"][0]["number"]
    while not over.is_set() or not waits:
        started, key = time.monotonic(), uuid.uuid4()
        try:
            status, _, body = browser.call("/api/cases/write_entry", key=key, number=number, body=f"meanwhile {key}")
            if not check(status == 200, f"meanwhile a note is answered {status} {body[:100]}"):
                return
        except (Unsent, Unknown) as error:
            violation(f"meanwhile a note failed: {error}")
            return
        waits.append(time.monotonic() - started)
        time.sleep(0.05)


def kept_forms(server, browser, options):
    """Refused forms come back with their text, so they lie in the database for ten minutes."""
    size = lambda: server.instance.rows("select count(*), coalesce(sum(length(sealed)), 0) from kept_forms", org=False)[0]
    large = "a" * 1_000_000
    stranger = Browser(server, keep=False)
    doors = [
        ("/api/cases/write_entry", {"key": uuid.uuid4(), "number": "X-1", "body": large}),
        ("/api/requests/ask", {"kind": "access", "concern": "account", "email": "x", "words": large}),
        ("/api/accounts/forgot", {"email": "x", "more": large}),
    ]
    html = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
    for nth in range(300 if options.long else 18):
        path, pairs = doors[nth % len(doors)]
        status, _, _ = stranger.ask("POST", path, urllib.parse.urlencode(pairs), html)
        check(status in (303, 413, 422, 429), f"{path} answers a stranger {status}")
    rows, held = map(int, size())
    check(held < 1_000_000, f"strangers fill the database with {rows} forms of {held} bytes")


def heads(server, browser, options):
    """A head that is too large is told so, and nothing is reset."""
    for name, target, lines, wanted in [
        ("an address of 9 kB", "/" + "a" * 9_000, "", b"414"),
        ("a head of 70 kB", "/login", "x-filler: " + "b" * 70_000 + "\r\n", b"431"),
        ("many header lines", "/login", "".join(f"x-{nth}: {'c' * 500}\r\n" for nth in range(90)), b"431"),
    ]:
        with socket.create_connection(("127.0.0.1", server.port), 10) as line:
            line.sendall(f"GET {target} HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\naccept: text/html\r\n{lines}\r\n".encode())
            told = line.recv(65_536)
        check(told.split(b" ")[1:2] == [wanted], f"{name} is answered {told[:60]}")


def sleepers(server, browser, options):
    """Uploads that send a byte now and then are let go, and what had come of them goes too."""
    head = f"POST /settings/import/upload HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\ncookie: {browser.cookie}\r\nx-shown-for: {browser.shown_for}\r\naccept: text/html\r\n{FORM}"
    head = head.replace("application/x-www-form-urlencoded", "multipart/form-data; boundary=b")
    part = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nid,title\r\n' + "1,x\r\n" * 60_000
    lines = [socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(20 if options.long else 4)]
    for line in lines:
        line.sendall(f"{head}content-length: 99999999\r\n\r\n{part}".encode())
    uploads = lambda: int(server.instance.rows("select count(*) from imports where org_id = {org} and status = 'uploading'")[0][0])
    until(lambda: uploads() == len(lines), "the uploads do not begin")
    started = time.monotonic()
    while time.monotonic() - started < 8 and uploads():
        for line in lines:
            try:
                line.sendall(b"1")
            except OSError:
                pass
        time.sleep(0.2)
    check(uploads() == 0, f"{uploads()} sleeping uploads stay for {time.monotonic() - started:.0f} s")
    for line in lines:
        line.close()


def quotations(server, browser, options):
    """A note of signs that each open a quotation in the one before."""
    number = browser.read("/api/cases/list", query="")["rows"][0]["number"]
    for _ in range(10 if options.long else 2):
        started = time.monotonic()
        status, _, body = browser.another().call("/api/cases/write_entry", key=uuid.uuid4(), number=number, body=">" * 49_900)
        check(status in (200, 422), f"a note of quotations is answered {status} {body[:100]}")
        check(time.monotonic() - started < 5, f"a note of quotations takes {time.monotonic() - started:.1f} s")


def sign_ups(server, browser, options):
    """Sign-ups that are refused, on many connections, while somebody signs in from elsewhere."""
    over, waits = threading.Event(), []
    pairs = {"name": "", "email": "nowhere", "organisation": "x", "password": "correct horse battery staple " * 4}

    def refused():
        while not over.is_set():
            try:
                Browser(server, keep=False).call("/api/accounts/sign_up", **pairs)
            except (Unsent, Unknown) as error:
                violation(f"a sign-up was cut off: {error}")
                return

    threads = [threading.Thread(target=guarded, args=(refused,)) for _ in range(60)]
    for thread in threads:
        thread.start()
    for _ in range(10 if options.long else 3):
        started = time.monotonic()
        guarded(lambda: Browser(server).sign_in())
        waits.append(time.monotonic() - started)
    over.set()
    for thread in threads:
        thread.join()
    check(max(waits) < 5, f"meanwhile somebody signs in within {max(waits):.1f} s")


def until(holds, what):
    for _ in range(100):
        if holds():
            return
        time.sleep(0.05)
    violation(what)


ATTACKS = {"kept forms": kept_forms, "large heads": heads, "sleeping uploads": sleepers, "quotations": quotations, "sign-ups": sign_ups}
