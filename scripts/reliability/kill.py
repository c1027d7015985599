"""kill -9 in the middle of writes."""

import collections
import json
import random
import threading
import time
import uuid

from bench import Browser, READY_SECONDS, Unknown, Unsent, check, guarded, violation, wrong
from state import State, effects, moved

WRITTEN = ("note", "call", "meeting", "email")
BUMPS = ("case.changed", "case.assigned", "case.moved", "case.closed", "case.reopened")


class Case:
    """What the clients know of a case that they share."""

    def __init__(self, id, number, mark, version, state):
        self.id, self.number, self.mark, self.version, self.state = id, number, mark, version, state


class Op:
    """One write: what was asked, and what came back: ok, refused, unsent or unknown."""

    def __init__(self, kind, case, path, pairs, mark):
        self.kind, self.case, self.path, self.pairs, self.mark = kind, case, path, pairs, mark
        self.status, self.number, self.base = "unknown", "", int(pairs.get("version", 0))

    def send(self, browser):
        try:
            status, headers, body = browser.call(self.path, **self.pairs)
        except Unsent:
            self.status = "unsent"
            return None
        except Unknown:
            self.status = "unknown"
            return None
        if status == 200:
            self.status = "ok"
            self.number = headers.get("location", "").removeprefix("/cases/")
        elif status in (409, 422):
            self.status = "refused"
        else:
            violation(f"{self.kind} was answered with {status} {body[:200]}")
            self.status = "refused"
        return status, body


class Killing:
    def __init__(self, instance, seed):
        self.instance, self.chance = instance, random.Random(seed)
        self.history, self.pool, self.lock = [], [], threading.Lock()
        self.figures = collections.Counter()
        self.ready, self.cookie = [], ""

    def run(self, rounds):
        server = self.start()
        for number in range(rounds):
            browser = Browser(server).sign_in()
            if number == 0:
                advice = next(t for t in browser.read("/api/cases/catalogue")["types"] if t["key"] == "advice")
                self.type = advice["id"]
                self.names = {state["key"]: state["name"] for state in advice["states"]}
                self.moves = collections.defaultdict(list)
                for move in advice["transitions"]:
                    self.moves[move["from"]].append(move["to"])
            self.load(server, browser)
            server = self.start()
            old = browser.another()
            old.server = server
            check(old.get("/api/cases/home")[0] == 200, "a session that was handed out does not hold after the kill")
            done = self.history[self.checked :]
            self.again(old, done)
            self.check(old, done)
            self.figures["kills"] += 1
        self.checked = 0
        self.check_history(self.history, self.state())
        code, seconds = server.stop()
        check(code == 0, f"after the last round SIGTERM ends with {code}")
        server.check_log()
        verified = self.instance.run("audit", "verify", check=False)
        check(verified.returncode == 0, f"audit verify: {verified.stdout[-400:]} {verified.stderr[-400:]}")
        print("  audit verify:", verified.stdout.strip().splitlines()[-1])
        if self.instance.engine == "sqlite":
            (answer,) = self.instance.rows("pragma integrity_check")[0]
            check(answer == "ok", f"integrity_check: {answer}")
            check(not self.instance.rows("pragma foreign_key_check"), "foreign_key_check finds rows")

    def start(self):
        server = self.instance.serve()
        self.ready.append(server.ready)
        check(server.ready <= READY_SECONDS, f"ready only after {server.ready:.2f} s")
        return server

    def load(self, server, browser):
        """Six clients write until the process is killed under them."""
        self.checked = len(self.history)
        seeds = [self.chance.random() for _ in range(6)]
        over = threading.Event()

        def client(seed):
            chance, mine = random.Random(seed), browser.another()
            while not over.is_set():
                op = self.invent(chance)
                answer = op.send(mine)
                with self.lock:
                    self.history.append(op)
                    self.learn(op, answer)
                if op.status in ("unsent", "unknown"):
                    return

        threads = [threading.Thread(target=guarded, args=(client, seed)) for seed in seeds]
        for thread in threads:
            thread.start()
        time.sleep(self.chance.uniform(0.15, 1.5))
        server.kill()
        over.set()
        for thread in threads:
            thread.join()
        server.check_log()

    def invent(self, chance):
        mark = f"rel{uuid.UUID(int=chance.getrandbits(128), version=4).hex}"
        key = uuid.UUID(int=chance.getrandbits(128), version=4)
        with self.lock:
            case = chance.choice(self.pool[-12:]) if self.pool else None
            version, state = (case.version, case.state) if case else (0, "")
        kind = chance.choices(("create", "entry", "edit", "move"), (3, 4, 3, 2))[0] if case else "create"
        fields = {"fields[area][]": "Housing", "channel": chance.choice(("Phone", "Desk"))}
        if kind == "create":
            pairs = {"key": key, "title": f"{mark} t0", "case_type": self.type, "tags": "killed", **fields}
            if chance.random() < 0.3:
                pairs["note"] = f"first {mark}"
            return Op(kind, Case(key.hex, "", mark, 1, "enquiry"), "/api/cases/create", pairs, mark)
        if kind == "entry":
            body = f"{mark} " + "word " * chance.randrange(1, 400)
            return Op(kind, case, "/api/cases/write_entry", {"key": key, "number": case.number, "body": body.strip()}, mark)
        if kind == "edit":
            pairs = {"number": case.number, "version": version, "title": f"{case.mark} {mark}", **fields}
            return Op(kind, case, "/api/cases/edit", pairs, mark)
        to = chance.choice(self.moves[state])
        pairs = {"number": case.number, "version": version, "to": to, "outcome": mark, "reason": f"since {mark}"}
        return Op(kind, case, "/api/cases/move", pairs, mark)

    def learn(self, op, answer):
        case = op.case
        if op.status == "ok" and op.kind == "create":
            case.number = op.number
            self.pool.append(case)
        elif op.status == "ok" and op.kind in ("edit", "move"):
            # A move to where the case is already changes nothing; the truth comes with the next refusal.
            case.version = max(case.version, op.base + 1)
            if op.kind == "move":
                case.state = op.pairs["to"]
        elif op.status == "refused" and answer and answer[0] == 409:
            for difference in json.loads(answer[1])["Conflict"]:
                if difference["field"] == "version":
                    case.version = int(difference["theirs"])

    def again(self, browser, done):
        """What got no answer is sent once more with the same key: it must have one effect, whether it had one before."""
        state = self.state()
        for op in done:
            self.figures[f"{op.kind}.{op.status}"] += 1
            if op.status != "unknown":
                continue
            self.figures["unknown.happened" if effects(op, state) else "unknown.did not"] += 1
            op.send(browser)
            check(op.status in ("ok", "refused"), f"{op.kind} repeated after the kill: {op.status}")
            if op.status == "refused":
                check(op.kind in ("edit", "move"), f"{op.kind} repeated with the same key is refused")
                op.status = "unknown"  # somebody was faster, or it had happened and more after it: once or not at all
            elif op.kind == "move":
                op.status = "unknown"  # the case may have been there already without this move
            elif op.kind == "create":
                op.case.number = op.number
                self.pool.append(op.case)
            twice = op.status
            op.send(browser)
            check(op.status in ("ok", "refused"), f"{op.kind} repeated twice: {op.status}")
            op.status = twice

    def check(self, browser, done):
        state = self.state()
        before = len(wrong)
        self.check_history(done, state)
        self.check_whole(state)
        self.check_doors(browser, done, state)
        with self.lock:
            for case in self.pool:
                row = state.cases.get(case.id)
                if row:
                    case.version, case.state = row.version, row.state
        self.figures["violations"] += len(wrong) - before

    def check_history(self, done, state):
        for op in done:
            count = effects(op, state)
            if op.status == "ok" and op.kind in ("create", "entry", "edit") and count != 1:
                self.figures["lost" if count == 0 else "doubled"] += 1
                violation(f"an acknowledged {op.kind} ({op.mark}) is there {count} times")
            elif op.status == "ok" and op.kind == "move" and not moved(op, state.cases.get(op.case.id), self.names):
                self.figures["lost"] += 1
                violation(f"an acknowledged move of {op.case.number} to {op.pairs['to']} ({op.mark}) is not there")
            elif op.status in ("refused", "unsent") and count:
                violation(f"a {op.kind} that was {op.status} ({op.mark}) has happened")
            elif count > 1:
                self.figures["doubled"] += 1
                violation(f"a {op.kind} without an answer ({op.mark}) happened {count} times")
            row = state.cases.get(op.case.id)
            if op.status == "ok" and op.kind == "create" and row:
                check(row.number == op.number and row.title.startswith(op.mark), f"{op.number} is not what was created")
            if op.status == "ok" and op.kind == "edit" and row:
                check(row.version > op.base, f"{row.number} is back at version {row.version}, {op.base + 1} was acknowledged")

    def check_whole(self, state):
        """Nothing is half done, whoever asked for it."""
        head, seqs = state.head, state.seqs
        check(seqs == list(range(1, head + 1)), f"the chain has {len(seqs)} events and its head says {head}")
        check(state.counted == state.tallies, f"kept counts {state.tallies} differ from {state.counted}")
        numbers = collections.defaultdict(list)
        for row in state.cases.values():
            series, number = row.number.rsplit("-", 1)
            numbers[series + "-"].append(int(number))
        for series, used in numbers.items():
            check(sorted(used) == list(range(1, len(used) + 1)), f"series {series} has gaps or doubles")
            check(state.series.get(series) == len(used) + 1, f"series {series} goes on at {state.series.get(series)} after {len(used)}")
        for row in state.cases.values():
            if not row.ours:
                continue
            acts, kinds = row.acts, collections.Counter(kind for _, kind, _ in row.entries)
            bumps = sum(acts[a] for a in BUMPS)
            moves = acts["case.moved"] + acts["case.closed"] + acts["case.reopened"]
            check(acts["case.created"] == 1, f"{row.number} has {acts['case.created']} events of its creation")
            check(row.version == 1 + bumps, f"{row.number} is at version {row.version} after {bumps} recorded changes")
            check(kinds["state"] == 1 + moves, f"{row.number} has {kinds['state']} state entries after {moves} moves")
            check(kinds["field"] == acts["case.changed"], f"{row.number} has {kinds['field']} field entries after {acts['case.changed']} changes")
            opened = sum(body == "Opened the case." for _, _, body in row.entries)
            check(opened == 1, f"{row.number} was opened {opened} times")
            written = sorted(id for id, kind, _ in row.entries if kind in WRITTEN)
            check(written == sorted(row.written), f"{row.number}: entries and their events differ")
            check((row.kind == "closed") == (row.closures == 1), f"{row.number} is {row.kind} with {row.closures} closures in force")
            check(row.tags == {"killed"} or acts["case.changed"], f"{row.number} has the tags {row.tags}")
            titles = [line.split(" \u2192 ")[1] for _, k, body in row.entries if k == "field" for line in body.split("\n") if line.startswith("Title: ")]
            check(not titles or titles[-1] == row.title, f"{row.number} is titled {row.title}, the last change said {titles[-1:]}")

    def check_doors(self, browser, done, state):
        """The same seen by a client."""
        view = browser.read("/api/cases/list", query="")
        check(view["total"] == len(state.cases), f"the list counts {view['total']} of {len(state.cases)} cases")
        check(sum(n for _, n in view["by_kind"]) == view["total"], f"the kinds {view['by_kind']} do not add up to {view['total']}")
        shown = {}
        for op in done:
            if op.status != "ok" or op.kind not in ("create", "entry"):
                continue
            if op.case.number not in shown:
                case = browser.read("/api/cases/case", number=op.case.number, kind="written")
                entries, earlier = list(case["entries"]), case["earlier"]
                while earlier:
                    page = browser.read("/api/cases/case", number=op.case.number, kind="written", before=earlier)
                    entries, earlier = entries + page["entries"], page["earlier"]
                shown[op.case.number] = case["title"], collections.Counter(e["body"].split()[0] for e in entries)
                found = browser.read("/api/cases/list", query=f"q={op.case.mark}")
                check(found["total"] == 1, f"{op.case.number} is found {found['total']} times")
            title, bodies = shown[op.case.number]
            check(title.startswith(op.case.mark), f"{op.case.number} shows the title {title}")
            if op.kind == "entry":
                check(bodies[op.mark] == 1, f"the timeline of {op.case.number} shows an acknowledged entry {bodies[op.mark]} times")

    def state(self):
        return State(self.instance)


def kill(bench, engine, options):
    rounds = options.rounds or (50 if options.long else 5)
    killing = Killing(bench.instance(engine), options.seed)
    started = time.monotonic()
    killing.run(rounds)
    f = killing.figures
    print(f"  {'':10}{'acknowledged':>14}{'refused':>9}{'no answer':>11}{'not sent':>10}")
    for kind in ("create", "entry", "edit", "move"):
        print(f"  {kind:10}{f[kind + '.ok']:>14}{f[kind + '.refused']:>9}{f[kind + '.unknown']:>11}{f[kind + '.unsent']:>10}")
    acknowledged = sum(f[kind + ".ok"] for kind in ("create", "entry", "edit", "move"))
    print(
        f"  {f['kills']} kills, {acknowledged} acknowledged writes, {f['lost']} lost, {f['doubled']} doubled; of those without an answer"
        f" {f['unknown.happened']} had happened and {f['unknown.did not']} had not; ready after at most"
        f" {max(killing.ready) * 1000:.0f} ms; {time.monotonic() - started:.0f} s"
    )
    return {"kills": f["kills"], "acknowledged": acknowledged, "lost": f["lost"], "ready": f"{max(killing.ready) * 1000:.0f} ms"}
