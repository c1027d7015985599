"""kill -9 in the middle of an import."""

import os
import pathlib
import random
import time

from bench import Browser, READY_SECONDS, ROOT, check
from state import State


def resume(bench, engine, options):
    place = pathlib.Path(os.environ.get("CASETRAKR_TEST_DATA") or ROOT.parent / "shared/data/receipt.csv")
    if not place.is_file():
        print(f"  SKIPPED: {place} is not there; no import was killed. Name the file in CASETRAKR_TEST_DATA")
        return {}
    instance, chance = bench.instance(engine, 0), random.Random(options.seed)
    server = instance.serve()
    browser = Browser(server).sign_in()
    check(browser.call("/api/settings/choose_presets", **{"presets[]": "permit"})[0] == 200, "permit cannot be chosen")
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="receipt.csv"\r\ncontent-type: text/csv\r\n\r\n'
    multipart = {"content-type": "multipart/form-data; boundary=b", "accept": "text/html"}
    status, headers, body = browser.ask("POST", "/settings/import/upload", head + place.read_bytes() + b"\r\n--b--\r\n", multipart)
    if not check(status == 303, f"the upload answers {status} {body[:200]}"):
        return {}
    id = headers["location"].rsplit("/", 1)[1]
    columns = browser.read("/api/import/import", id=id, case_type="permit")["columns"]
    status, _, body = browser.call(
        "/api/import/check", id=id, case_type="permit", **{f"columns[{n}]": column["becomes"] for n, column in enumerate(columns)}
    )
    check(status == 200, f"check answers {status} {body[:200]}")
    kills, worst = 0, 0.0

    def progress():
        return browser.read("/api/import/progress", id=id)

    def until(status, kills_left):
        """Waits for that status, with kills at random moments of the way."""
        nonlocal server, browser, kills, worst
        seen, moment = -1, chance.uniform(0.05, 0.6)
        since = moved = time.monotonic()
        while True:
            at = progress()
            if at["rows_done"] != seen:
                seen, moved = at["rows_done"], time.monotonic()
            if at["status"] == status:
                return at
            if at["status"] in ("failed", "cancelled", "done", "checked"):
                raise RuntimeError(f"the import is {at['status']}: {at['report']}")
            # On PostgreSQL a dead process' lease has to expire first, since another one might still be at work.
            if time.monotonic() - moved > 90:
                raise RuntimeError(f"the import stands still at {at}")
            if kills_left and at["rows_done"] > 0 and time.monotonic() - since > moment:
                server.kill()
                kills, kills_left = kills + 1, kills_left - 1
                print(f"  killed while {at['status']} at {at['rows_done']} of {at['rows_total']} rows", flush=True)
                server = instance.serve()
                old, browser = browser, browser.another()
                browser.server = server
                check(server.ready <= READY_SECONDS, f"ready only after {server.ready:.2f} s")
                killed = time.monotonic()
                while progress()["rows_done"] <= seen and progress()["status"] == at["status"] and time.monotonic() - killed < 90:
                    time.sleep(0.05)
                worst = max(worst, time.monotonic() - killed)
                since, moment = time.monotonic(), chance.uniform(0.05, 0.6)
            time.sleep(0.02)

    many = engine == "sqlite" and options.long
    until("checked", 2 if many else 1 if options.long else 0)
    check(browser.call("/api/import/start", id=id)[0] == 200, "the import does not start")
    report = until("done", 4 if many else 1)["report"]
    totals = [int(instance.rows(f"select count(*) from {table} where org_id = {{org}}")[0][0]) for table in ("cases", "entries")]
    check(totals == [1434, 8577], f"{totals} cases and entries came of it")
    told = [report[name] for name in ("created", "entries", "rejected", "unchanged", "updated")]
    check(told == [1434, 8577, 0, 0, 0], f"the report says {told}")
    view = browser.read("/api/cases/list", query="kind=open")
    check(view["total"] == 105, f"{view['total']} cases are open")
    (left,) = instance.rows("select count(*) from import_chunks where org_id = {org}")[0]
    check(left == "0", f"{left} pieces of the file are left")
    state = State(instance)
    check(state.counted == state.tallies, "kept counts differ from the cases")
    check(state.seqs == list(range(1, state.head + 1)), "the chain has gaps")
    code, _ = server.stop()
    check(code == 0, f"SIGTERM ends with {code}")
    server.check_log()
    check(instance.run("audit", "verify", check=False).returncode == 0, "audit verify finds a break")
    print(f"  {kills} kills, {totals[0]} cases and {totals[1]} entries; went on after at most {worst:.1f} s")
    return {"resumed": f"{worst:.1f} s"}
