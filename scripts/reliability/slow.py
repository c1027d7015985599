"""Clients that say nothing, half a head or half a body."""

import socket
import threading
import time

from bench import Browser, Unknown, Unsent, check, guarded, violation


def slow(bench, engine, options):
    instance = bench.instance(engine, 5)
    server = instance.serve(CASETRAKR_LIMITS_HEAD_SECONDS="2", CASETRAKR_LIMITS_REQUEST_SECONDS="3")
    browser = Browser(server).sign_in()
    form = b"content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\naccept: application/json\r\n"
    host = f"host: 127.0.0.1:{server.port}\r\n".encode()
    post = b"POST /api/accounts/sign_in HTTP/1.1\r\n" + host + form
    cases = {  # what is sent, what every half second after it, the limit
        "nothing": (b"", b"", 2),
        "half a head": (b"GET /cases HTTP/1.1\r\n" + host + b"x-", b"", 2),
        "a dripping head": (b"GET /cases HTTP/1.1\r\n", b"x-a: b\r\n", 2),
        "half a body": (post + b"content-length: 500\r\n\r\nemail=", b"", 3),
        "a dripping body": (post + b"content-length: 500\r\n\r\nemail=", b"x", 3),
        "a dripping chunk": (post + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 3),
        "nothing after an answer": (b"GET /livez HTTP/1.1\r\n" + host + b"\r\n", b"", 2),
    }
    closed, over, waits = {}, threading.Event(), []

    def client(name, first, drip, _limit):
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            started, told = time.monotonic(), b""
            line.settimeout(0.5)
            try:
                if first:
                    line.sendall(first)
                while time.monotonic() - started < 15:
                    try:
                        got = line.recv(65536)
                        if not got:
                            break
                        told += got
                    except TimeoutError:
                        if drip:
                            line.sendall(drip)
                else:
                    told += b"(never closed)"
            except OSError:
                pass
            closed.setdefault(name, []).append((time.monotonic() - started, told.split(b"\r\n")[0].decode(errors="replace")))

    def normal():
        mine = browser.another()
        while not over.is_set():
            started = time.monotonic()
            try:
                status, _, _ = mine.ask("GET", "/cases", headers={"accept": "text/html"})
                check(status == 200, f"meanwhile /cases answers {status}")
            except (Unsent, Unknown) as error:
                violation(f"meanwhile a normal request failed: {error}")
            waits.append(time.monotonic() - started)
            time.sleep(0.02)

    each = 20 if options.long else 3
    threads = [threading.Thread(target=guarded, args=(client, name, *what)) for name, what in cases.items() for _ in range(each)]
    worker = threading.Thread(target=guarded, args=(normal,))
    for thread in [worker, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    worker.join()
    for name, (_, _, limit) in cases.items():
        longest, told = max(closed[name])
        print(f"  {name:24} let go after at most {longest:5.2f} s   {told}")
        check(longest <= limit + 2, f"a client that sends {name} is held for {longest:.1f} s")
        check(longest > limit - 1, f"a client that sends {name} is sent away at once, {told}, so nothing was tried")
    waits.sort()
    print(f"  {len(waits)} normal requests meanwhile, 95 % within {waits[len(waits) * 95 // 100] * 1000:.0f} ms, all within {waits[-1] * 1000:.0f} ms")
    code, _ = server.stop()
    check(code == 0, f"SIGTERM ends with {code}")
    server.check_log()
    return {}
