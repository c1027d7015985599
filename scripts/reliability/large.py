"""The largest file that may be brought in, as one upload."""

import threading
import time

from bench import Browser, check

MOST, GROWTH = 200_000_000, 64  # bytes, MiB
HEAD = b'--b\r\ncontent-disposition: form-data; name="file"; filename="large.csv"\r\ncontent-type: text/csv\r\n\r\n'
TAIL = b"\r\n--b--\r\n"
HEADINGS = b"id,title,opened\n"
ROW = b'L-1,"A case whose file is long, and whose title, too, is one of those that do not end",2026-01-05\n'


def large(bench, engine, options):
    instance = bench.instance(engine, 0)
    server = instance.serve()
    browser = Browser(server).sign_in()
    many = (MOST - len(HEADINGS)) // len(ROW)
    block = ROW * 10_000

    def body():
        yield HEAD + HEADINGS
        for _ in range(many // 10_000):
            yield block
        yield ROW * (many % 10_000) + TAIL

    length = len(HEAD) + len(HEADINGS) + many * len(ROW) + len(TAIL)
    before, highest, done = anonymous(server), [0], threading.Event()

    def watch():
        while not done.wait(0.02):
            highest[0] = max(highest[0], anonymous(server))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.monotonic()
    multipart = {"content-type": "multipart/form-data; boundary=b", "accept": "text/html", "content-length": str(length)}
    status, headers, answer = browser.ask("POST", "/settings/import/upload", body(), multipart)
    took = time.monotonic() - started
    done.set()
    watcher.join()
    if not check(status == 303, f"the upload answers {status} {answer[:200]}"):
        return {}
    view = browser.read("/api/import/progress", id=headers["location"].rsplit("/", 1)[1])
    check(view["rows_total"] == many, f"{view['rows_total']} of {many} rows are there")
    grown = highest[0] - before
    check(0 <= grown <= GROWTH, f"the upload took {grown} MiB of memory")
    (kept,) = instance.rows("select count(*) from import_chunks where org_id = {org}")[0]
    check(int(kept) > 100, f"the file lies there in {kept} pieces")
    check(server.stop()[0] == 0, "SIGTERM does not end with 0")
    server.check_log()
    return {"rows": f"{many:,}", "memory": f"+{grown} MiB", "took": f"{took:.0f} s"}


def anonymous(server):
    """The memory that is the process' own, in MiB."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) // 1024
