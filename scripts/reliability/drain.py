"""SIGTERM under load."""

import collections
import random
import socket
import threading
import time
import uuid

from bench import Browser, DRAIN_SECONDS, Unknown, Unsent, check, guarded, violation


def drain(bench, engine, options):
    instance, chance = bench.instance(engine), random.Random(options.seed)
    times, answered, refused, written = [], 0, 0, 0
    for _ in range(options.rounds or (20 if options.long else 5)):
        server = instance.serve()
        browser = Browser(server).sign_in()
        number = browser.read("/api/cases/list", query="")["rows"][0]["number"]
        stopping, counts, failed = threading.Event(), collections.Counter(), []

        def client(kind, keep):
            mine = browser.another(keep)
            while True:
                key = uuid.uuid4()
                try:
                    if kind == "page":
                        status, _, body = mine.ask("GET", "/cases", headers={"accept": "text/html"})
                        whole = b"</html>" in body
                    else:
                        status, _, body = mine.call("/api/cases/write_entry", key=key, number=number, body=f"drained {key}")
                        whole = body == b"null"
                    counts["answered"] += 1
                    counts["written"] += kind == "entry" and whole
                    if status != 200 or not whole:
                        failed.append(f"{kind} answered {status} {body[:100]}")
                except Unsent as error:
                    counts["refused"] += 1
                    if not stopping.is_set():
                        failed.append(f"nobody listens before SIGTERM: {error}")
                    return
                except Unknown as error:
                    failed.append(f"{'kept' if keep else 'new'} connection, {error}")
                    return

        def slow():
            """A form that is still on its way when the end is asked for."""
            body = f"key={uuid.uuid4()}&number={number}&body=slowly+sent"
            head = f"POST /api/cases/write_entry HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\ncookie: {browser.cookie}\r\nx-shown-for: {browser.shown_for}\r\naccept: application/json\r\n"
            head += "sec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n"
            with socket.create_connection(("127.0.0.1", server.port), 30) as line:
                line.sendall(f"{head}content-length: {len(body)}\r\n\r\n{body[:9]}".encode())
                stopping.wait()
                time.sleep(1.5)
                try:
                    line.sendall(body[9:].encode())
                    answer = line.recv(65536)
                except OSError as error:
                    answer = repr(error).encode()
                if not answer.startswith(b"HTTP/1.1 200"):
                    failed.append(f"a slow form: {answer[:80]}")

        kinds = [("page", True), ("page", False), ("entry", True), ("entry", False)]
        threads = [threading.Thread(target=guarded, args=(client, *kind)) for kind in kinds] + [threading.Thread(target=guarded, args=(slow,))]
        # A browser opens connections ahead of need; they must not hold up the end.
        silent = socket.create_connection(("127.0.0.1", server.port))
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.4, 1.2))
        stopping.set()
        code, seconds = server.stop()
        for thread in threads:
            thread.join()
        silent.close()
        times.append(seconds)
        answered, refused, written = answered + counts["answered"], refused + counts["refused"], written + counts["written"]
        (there,) = instance.rows("select count(*) from entries where org_id = {org} and body like 'drained %'")[0]
        check(int(there) == written, f"{written} entries were acknowledged and {there} are there")
        check(code == 0, f"SIGTERM ends with {code}")
        check(seconds <= DRAIN_SECONDS, f"it took {seconds:.1f} s to end")
        for line in failed:
            violation(f"while stopping: {line}")
        server.check_log()
    print(f"  {len(times)} stops, {answered} requests answered, {refused} refused at the door, ended after at most {max(times):.2f} s")
    if options.long:
        stubborn(instance)
    return {"drains": len(times), "drain": f"{max(times):.2f} s"}


def stubborn(instance):
    """An upload that never ends is cut off in time; whoever asks twice does not wait."""
    for twice in (False, True):
        server = instance.serve()
        browser = Browser(server).sign_in()
        line = socket.create_connection(("127.0.0.1", server.port), 60)
        head = f"POST /settings/import/upload HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\ncookie: {browser.cookie}\r\nx-shown-for: {browser.shown_for}\r\nsec-fetch-site: same-origin\r\n"
        part = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nid,title\r\n'
        line.sendall(f"{head}content-type: multipart/form-data; boundary=b\r\ncontent-length: 99999\r\n\r\n{part}".encode() + b"1,x\r\n" * 200)
        time.sleep(0.5)
        if twice:
            threading.Timer(1, server.process.terminate).start()
        code, seconds = server.stop()
        line.close()
        print(f"  with an upload that never ends{', asked twice' if twice else ''}: code {code} after {seconds:.1f} s")
        check(code is not None and seconds <= (3 if twice else DRAIN_SECONDS), f"an upload held up the end for {seconds:.1f} s")
        check(twice or code == 0, f"with an upload on its way, SIGTERM ends with {code}")
