"""Starts that must not succeed."""

import os
import shutil
import socket
import subprocess
import time

from bench import check, violation


def start(bench, engine, options):
    if engine == "postgres":
        return {}
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    busy = f"127.0.0.1:{taken.getsockname()[1]}"
    (bench.place / "a-file").touch()
    (bench.place / "bad.toml").write_text("[server]\naddress = 3000\n")
    (bench.place / "broken.toml").write_text("[server\naddress")
    abroad = '[[subprocessors]]\nname = "A"\nentity = "A Ltd"\nservice = "s"\ndata = "d"\ncountry = "US"\nstarts = "2027-01-15"\n'
    (bench.place / "abroad.toml").write_text(abroad)
    (bench.place / "nameless.toml").write_text(abroad.replace('name = "A"\n', ""))
    key = lambda name, value: {"env": {f"CASETRAKR_{name}": value}}
    flag = lambda *words: {"flags": list(words)}
    cases = [  # how it is started, what the line must name
        (key("SERVER_ADDRESS", "nowhere"), "server.address"),
        (key("SERVER_COLOUR", "red"), "server.colour"),
        (key("NONSENSE_KEY", "1"), "nonsense"),
        (key("NONSENSE", "1"), "CASETRAKR_NONSENSE"),
        (key("PASSWORDS_MEMORY_KIB", "8"), "passwords.memory_kib"),
        (key("LIMITS_REQUEST_SECONDS", "soon"), "limits.request_seconds"),
        (key("LIMITS_REQUEST_SECONDS", "-1"), "limits.request_seconds"),
        (key("SERVER_ORIGIN", "example.org/x"), "server.origin"),
        (key("SERVER_ADDRESS", "0.0.0.0:3999"), "server.origin"),
        (key("SERVER_TRUSTED_PROXIES", '["x"]'), "server.trusted_proxies"),
        (key("SERVER_SECRET_KEY", "abc"), "server.secret_key"),
        (key("SMTP_SECURITY", "perhaps"), "smtp.security"),
        (key("SMTP_FROM", "nobody"), "smtp.from"),
        (key("PASSWORDS_QUEUE", "0"), "passwords.queue"),
        (key("OPERATOR_EMAIL", "nobody"), "operator.email"),
        (key("OPERATOR_NAME", "{name}"), "operator.name"),
        (flag("--config", "abroad.toml"), "subprocessors[0].transfer"),
        (flag("--config", "nameless.toml"), "subprocessors[0]"),
        (key("SERVER_DATABASE_URL", "mysql://x"), "server.database_url"),
        (flag("--database-url", "postgres://x@127.0.0.1:1/x"), "server.database_url"),
        (flag("--database-url", "postgres://x y@@@:::1"), "server.database_url"),
        (flag("--nope"), "--nope"),
        (flag("--addr", "nowhere"), "--addr"),
        (flag("--config", "nope.toml"), "nope.toml"),
        (flag("--config", "bad.toml"), "server.address"),
        (flag("--config", "broken.toml"), "broken.toml"),
        (flag("--addr", busy), "server.address"),
        (flag("--addr", "203.0.113.7:3000"), "server.origin"),
        (key("SERVER_PLAIN_COOKIES", "true") | flag("--addr", "0.0.0.0:3999"), "server.origin"),
        (key("SERVER_PLAIN_COOKIES", "true") | flag("--addr", "203.0.113.7:3000"), "server.address"),
        ({"data": "a-file/data"}, "server.data"),
        ({"data": "a-file"}, "server.data"),
        ({"command": "demo", "flags": ["--addr", busy]}, "server.address"),
    ]
    slowest = 0.0
    for how, name in cases:
        data = bench.place / how.get("data", "fresh")
        command = [bench.binary, how.get("command", "serve"), "--data", data, *(how["flags"] if "--addr" in how.get("flags", []) else ["--addr", "127.0.0.1:0", *how.get("flags", [])])]
        if "SERVER_ADDRESS" in str(how.get("env")):
            command = command[:4]
        told, started = f"{how.get('env', '')} {' '.join(how.get('flags', []))} {how.get('data', '')}".strip(), time.monotonic()
        try:
            done = subprocess.run(command, env={**bench.env, **how.get("env", {})}, cwd=bench.place, timeout=8, capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            violation(f"{told}: starts all the same")
            shutil.rmtree(data, ignore_errors=True)
            continue
        seconds = time.monotonic() - started
        slowest = max(slowest, seconds)
        check(done.returncode != 0, f"{told}: ends with 0")
        check(seconds <= 2, f"{told}: takes {seconds:.2f} s to say no")
        check(len(done.stderr.splitlines()) == 1 and not done.stdout, f"{told}: says {done.stderr + done.stdout!r}")
        check(name in done.stderr, f"{told}: {done.stderr.strip()!r} does not name {name}")
        left = os.listdir(data) if data.is_dir() else []
        check(not left and (data.is_file() or not data.exists()), f"{told}: leaves {left} in the data directory")
        shutil.rmtree(data, ignore_errors=True)
    taken.close()
    print(f"  {len(cases)} bad starts, the slowest said so after {slowest * 1000:.0f} ms")
    closed(bench)
    return {}


def closed(bench):
    """What lies in the data directory is for nobody else on this machine, whatever it was before."""
    instance = bench.instance("sqlite", 1)
    mode = lambda name: (instance.data / name).stat().st_mode & 0o777
    check(instance.data.stat().st_mode & 0o777 == 0o700, "the data directory is open to others")
    instance.data.chmod(0o755)
    (instance.data / "somebody-elses.txt").write_text("x")
    for file in instance.data.iterdir():
        file.chmod(0o644)
    told = instance.run("migrate").stderr
    check("closed to other accounts" in told and "casetrakr.sqlite" in told and len(told.splitlines()) == 1, f"open files: it says {told!r}")
    server = instance.serve()
    ours = [file.name for file in instance.data.iterdir() if file.name != "somebody-elses.txt"]
    check({"casetrakr.sqlite-wal", "casetrakr.sqlite-shm"} <= set(ours), f"while it serves there are {ours}")
    for name in ours:
        check(mode(name) == 0o600, f"{name} is {mode(name):o}")
    check(mode("somebody-elses.txt") == 0o644, "a file that is not ours was closed")
    server.stop()
    name = instance.rows("select name from organisations where {id} <> '" + "0" * 32 + "'", "id", org=False)[0][0]
    instance.run("export", "--organisation", name, "--to", str(bench.place / "taken.zip"))
    check((bench.place / "taken.zip").stat().st_mode & 0o777 == 0o600, "an archive is open to others")
    instance.data.chmod(0o777)
    refused = instance.run("migrate", check=False)
    check(refused.returncode != 0 and "chmod o-w" in refused.stderr and len(refused.stderr.splitlines()) == 1, f"an open directory: {refused.stderr!r}")
    instance.data.chmod(0o700)
