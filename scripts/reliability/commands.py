"""Every command of the program, as an operator types it: what it says, what it changes, and how it says no."""

import re
import types

from bench import check

TABLE = "id:title, in short:start\nP-1:A roof, and a wall:2026-01-05\nP-2:A fence, and a gate:2026-01-06\n"


def commands(bench, engine, options):
    if engine == "sqlite":
        bare(bench)
    instance = bench.instance(engine, 5)
    tell = lambda *words, **answer: teller(instance, *words, **answer)
    count = lambda: int(instance.rows("select count(*) from cases where org_id = {org}")[0][0])

    def grows(by, *words):
        before, _, after = count(), tell(*words), count()
        check(after - before == by, f"{' '.join(map(str, words))}: {after - before} cases more, not {by}")

    tell("migrate", has="up to date")
    tell("user", "list", has=instance.email)
    tell("user", "operator", instance.email, has="is an operator")
    tell("user", "operator", has=instance.email)
    tell("user", "link", instance.email, "--reset", has="/reset")
    tell("user", "link", "nobody@example.org", no="no account has this address")
    table = bench.place / "colons.csv"
    table.write_text(TABLE)
    into = ["import", table, "--as", instance.email, "--type"]
    tell(*into, "nothing", no="There is no case type nothing")
    tell(*into, "appeal", "--delimiter", "ab", no="--delimiter: Write one sign")
    tell(*into, "appeal", no="is clearly the id of a case")
    grows(0, *into, "appeal", "--delimiter", ":", "--dry-run")
    grows(2, *into, "appeal", "--delimiter", ":")
    grows(0, *into, "appeal", "--delimiter", ":")
    tell("import", "nope.csv", "--as", instance.email, "--type", "appeal", no="nope.csv")
    newest = re.search(r"[0-9a-f]{64}", tell("audit", "verify", has=", 0 breaks"))
    check(newest, "audit verify does not name the newest link")
    tell("audit", "verify", "--head", newest[0], has=", 0 breaks")
    lost = instance.run("audit", "verify", "--head", "0" * 64, check=False)
    check(lost.returncode == 1 and ", 1 breaks" in lost.stdout, f"a link that never was is not missed: {lost.stdout[-300:]!r}")
    tell("audit", "restored", "--because", "a try", no="nothing was recorded")
    tell("policy", "list", has="2026-01-19")
    tell("policy", "publish", no="operator.")
    tell("retention", "--dry-run", has="Accounts whose 30 days have passed are erased")
    tell("retention", has="rows")
    for format, has in (("json", '"purpose'), ("csv", ","), ("html", "<table")):
        tell("processing", "--format", format, has=has)
    name = organisation(instance)
    hold = ["hold", "place", "--org", name, "--reason", "a claim", "--authority", "the court", "--review", "2027-03-31", "--by"]
    tell(*hold, "nobody@example.org", no="no operator")
    held = tell(*hold, instance.email, has="-").split()[0]
    tell("hold", "list", has=held)
    tell("hold", "release", held, "--by", instance.email, "--reason", "settled")
    check(held not in tell("hold", "list"), "a released hold is listed")
    away = bench.place / f"away-{engine}.zip"
    told = tell("export", "--organisation", name, "--to", away, has="rows of")
    tell("export", "--organisation", name, "--to", away, no=away.name)
    tell("export", "--organisation", "Nobody & Sons", "--to", bench.place / "none.zip", no="Nobody & Sons")
    other = bench.empty(engine)
    back = teller(other, "import", "--archive", away, has="rows of")
    state = lambda text: re.search(r"[0-9a-f]{64}", text)
    check(state(told) and state(back) and state(told)[0] == state(back)[0], f"an archive taken in is not what went out: {told!r} {back!r}")
    teller(other, "audit", "verify", has=", 0 breaks")
    tell("import", "--archive", away, no="nobody is yet")
    tell("selftest", has="All proved.")
    tell("audit", "verify", has=", 0 breaks")
    tell("user", "erase", instance.email, no="no other owner")
    return {}


def bare(bench):
    """What needs no instance."""
    nowhere = types.SimpleNamespace(run=lambda *words, check: bench.run(*words))
    told = teller(nowhere, "--help", has="serve")
    for command in ("serve", "migrate", "demo", "import", "user", "audit", "version"):
        check(f"  {command}" in told, f"--help does not list {command}")
        teller(nowhere, command, "--help", has="Usage: casetrakr")
    told = teller(nowhere, "serve", "--help", has="--data")
    check("--addr" in told, "serve --help does not name --addr")
    teller(nowhere, "version", has="casetrakr ")
    teller(nowhere, "import", no="required")
    teller(nowhere, "nonsense", no="nonsense")
    teller(nowhere, "user", "link", no="<EMAIL>")


def organisation(instance):
    zero = "0" * 32
    [name] = [name for id, name in instance.rows("select {id}, name from organisations", "id", org=False) if id != zero]
    return name


def teller(instance, *words, has=None, no=None):
    """Runs a command that must go well and say `has` where that is named, or be refused with one line that says `no`."""
    done, typed = instance.run(*words, check=False), " ".join(map(str, words))
    check("panicked" not in done.stderr, f"{typed}: panics: {done.stderr[-500:]}")
    if no is None:
        check(done.returncode == 0, f"{typed}: ends with {done.returncode}: {(done.stderr + done.stdout)[-500:]!r}")
        check(has is None or has in done.stdout, f"{typed}: does not say {has!r}: {done.stdout[-500:]!r}")
    else:
        lines = [line for line in done.stderr.splitlines() if line.startswith("casetrakr: ")]
        check(done.returncode in (1, 2), f"{typed}: ends with {done.returncode}, though it should be refused")
        check(len(lines) == 1 and no in lines[0], f"{typed}: does not say {no!r} in one line: {done.stderr[-500:]!r}")
    return done.stdout
