"""The database is away for a while: its disk is full (SQLite), or it is killed and started again (PostgreSQL)."""

import collections
import os
import pathlib
import resource
import subprocess
import threading
import time
import uuid

from bench import ROOT, Browser, Unknown, Unsent, check, guarded, violation

AWAY_SECONDS, BACK_SECONDS = 2.0, 15.0


def away(bench, engine, options):
    plug = Disk(bench) if engine == "sqlite" else Postgres(bench)
    try:
        return through(plug, bench, engine, options.rounds or (10 if options.long else 2))
    finally:
        plug.end()


def through(plug, bench, engine, rounds):
    instance = plug.instance(engine)
    server = instance.serve()
    browser = Browser(server).sign_in()
    number = browser.read("/api/cases/list", query="")["rows"][0]["number"]
    acknowledged, counts, over, back = set(), collections.Counter(), threading.Event(), []

    def writer():
        # Each write on a connection of its own: what is refused before its form was read ends the connection with it.
        mine = browser.another(keep=False)
        while not over.is_set():
            key = uuid.uuid4()
            try:
                status, headers, body = mine.call("/api/cases/write_entry", key=key, number=number, body=f"away {key}")
            except (Unsent, Unknown) as error:
                violation(f"a writer got no answer: {error}")
                continue
            counts[status] += 1
            if status == 200:
                acknowledged.add(key.hex)
            elif not check(status == 503 and headers.get("retry-after"), f"a writer was answered {status} {body[:200]}"):
                return
            else:
                time.sleep(0.02)

    def reader():
        mine = browser.another()
        while not over.is_set():
            status, _, body = mine.ask("GET", f"/cases/{number}", headers={"accept": "text/html"})
            counts[f"page {status}"] += 1
            check(status in plug.pages, f"meanwhile the page of a case answers {status} {body[:200]}")
            check(b"</html>" in body, "a page broke off")
            time.sleep(0.02)

    threads = [threading.Thread(target=guarded, args=(run,)) for run in (writer, writer, writer, reader)]
    for thread in threads:
        thread.start()
    for _ in range(rounds):
        time.sleep(1)
        refused = counts[503]
        plug.pull(server)
        time.sleep(AWAY_SECONDS)
        check(counts[503] > refused, "nobody was refused while the database was away")
        before, started = counts[200], time.monotonic()
        plug.put_back(server)
        while counts[200] < before + 10 and time.monotonic() - started < BACK_SECONDS:
            time.sleep(0.01)
        back.append(time.monotonic() - started)
        check(counts[200] >= before + 10, f"no write went through within {BACK_SECONDS} s after the database came back")
        check(Browser(server).get("/readyz")[0] == 200, "the process does not say that it is ready again")
    over.set()
    for thread in threads:
        thread.join()
    code, _ = server.stop()
    check(code == 0, f"SIGTERM ends with {code}")
    server.check_log(errors=False)
    there = collections.Counter(id for id, _ in instance.rows("select {id}, 1 from entries where org_id = {org} and body like 'away %'", "id"))
    lost = acknowledged - set(there)
    check(not lost, f"{len(lost)} acknowledged entries are lost")
    check(all(n == 1 for n in there.values()), "an entry is there twice")
    (events,) = instance.rows("select count(*) from audit_events where org_id = {org} and action = 'entry.written'")[0]
    (entries,) = instance.rows("select count(*) from entries where org_id = {org} and kind = 'note' and author_id is not null")[0]
    check(int(events) >= len(there), f"{len(there)} entries and {events} events ({entries} notes)")
    verified = instance.run("audit", "verify", check=False)
    check(verified.returncode == 0, f"audit verify: {verified.stdout[-400:]} {verified.stderr[-400:]}")
    if engine == "sqlite":
        (answer,) = instance.rows("pragma integrity_check")[0]
        check(answer == "ok", f"integrity_check: {answer}")
    print(f"  {rounds} times away, {len(acknowledged)} acknowledged, {counts[503]} refused, {len(there) - len(acknowledged)} more are there,"
          f" writing again after at most {max(back):.2f} s")
    return {"away": rounds, "acknowledged": len(acknowledged), "lost": len(lost), "back": f"{max(back):.2f} s"}


class Disk:
    """A disk that takes nothing more. Pages are read from it all the same."""

    pages = (200,)

    def __init__(self, bench):
        self.bench = bench

    def instance(self, engine):
        return self.bench.instance(engine, 5)

    def pull(self, server):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

    def put_back(self, server):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def end(self):
        pass


class Postgres:
    """A cluster of its own, which keeps what it acknowledges."""

    pages = (200, 503)

    def __init__(self, bench):
        self.bench, self.place = bench, bench.place / "away"
        self.place.mkdir(mode=0o711)
        self.server = self.script("start")
        for setting in ("synchronous_commit = on", "full_page_writes = on"):
            subprocess.run(["psql", "-qX", self.script("admin-url"), "-c", f"alter system set {setting}"], check=True)
        self.script("crash")
        self.script("again")

    def script(self, what):
        env = {**os.environ, "CASETRAKR_TEST_PG_DIR": str(pathlib.Path(self.place / "pg"))}
        return subprocess.run([ROOT / "scripts/postgres", what], env=env, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def instance(self, engine):
        before = os.environ.get("CASETRAKR_TEST_POSTGRES")
        os.environ["CASETRAKR_TEST_POSTGRES"] = self.server
        try:
            made = self.bench.instance(engine, 5)
        finally:
            os.environ.pop("CASETRAKR_TEST_POSTGRES")
            if before:
                os.environ["CASETRAKR_TEST_POSTGRES"] = before
        self.bench.databases.pop()  # it goes with its cluster
        return made

    def pull(self, server):
        self.script("crash")

    def put_back(self, server):
        self.script("again")

    def end(self):
        self.script("stop")
