"""The instance under test: its folder, its process, its database, and clients of it."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import traceback
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY_SECONDS, DRAIN_SECONDS = 3.0, 30.0
# Hashing is not what is measured here.
CHEAP = {
    "CASETRAKR_PASSWORDS_MEMORY_KIB": "19456",
    "CASETRAKR_PASSWORDS_ITERATIONS": "2",
    # One account signs in after every kill.
    "CASETRAKR_LIMITS_SIGN_INS_PER_ACCOUNT": "1000000",
}

wrong = []  # every violation, as a sentence


def violation(text):
    wrong.append(text)
    print(f"  VIOLATION: {text}", flush=True)


def check(holds, text):
    if not holds:
        violation(text)
    return holds


class Unsent(Exception):
    """Nobody took the connection: the request has no effect."""


class Unknown(Exception):
    """The request left and no whole answer came: it may have had its effect or not."""


def guarded(run, *words):
    try:
        run(*words)
    except Exception:  # a client that stumbles is a finding, not silence
        violation(traceback.format_exc(limit=3).replace("\n", " | "))


class Bench:
    """A temporary folder with a copy of the binary, so that a build meanwhile disturbs nothing."""

    def __init__(self, binary):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="casetrakr-rel."))
        self.place.chmod(0o711)
        self.binary = self.place / "casetrakr"
        shutil.copy2(binary, self.binary)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("CASETRAKR_")}
        self.env["CASETRAKR_SITE"] = os.environ.get("CASETRAKR_SITE", str(binary.parent.parent / "site"))
        self.children, self.databases, self.cluster, self.count = [], [], None, 0

    def postgres(self):
        """The address of a new database, in the tests' own cluster or one that is started here."""
        server = os.environ.get("CASETRAKR_TEST_POSTGRES")
        if not server:
            self.cluster = self.cluster or self.scripts_postgres("start")
            server = self.cluster
        name = f"rel_{uuid.uuid4().hex}"
        subprocess.run(["psql", "-qX", server, "-c", f"create database {name}"], check=True)
        self.databases.append((server, name))
        return f"{server.rsplit('/', 1)[0]}/{name}"

    def scripts_postgres(self, what):
        env = {**os.environ, "CASETRAKR_TEST_PG_DIR": str(self.place / "pg")}
        done = subprocess.run([ROOT / "scripts/postgres", what], env=env, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def run(self, *words):
        """The program as it is, with no instance named."""
        return subprocess.run([self.binary, *words], env=self.env, cwd=self.place, capture_output=True, text=True)

    def empty(self, engine):
        self.count += 1
        return Instance(self, engine, self.place / f"data{self.count}", self.postgres() if engine == "postgres" else "")

    def instance(self, engine, cases=50):
        made = self.empty(engine)
        told = made.run("demo", "--fill-only", "--cases", str(cases)).stdout
        made.email = re.search(r"Sign in as (\S+)", told)[1]
        made.password = re.search(r"password: (.+)", told)[1]
        made.org = made.rows("select {id} from organisations", "id", org=False)
        made.org = next(id for (id,) in made.org if id != "0" * 32)
        return made

    def end(self):
        for child in self.children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        for server, name in self.databases:
            subprocess.run(["psql", "-qX", server, "-c", f"drop database {name} with (force)"], check=False)
        if self.cluster:
            self.scripts_postgres("stop")
        shutil.rmtree(self.place, ignore_errors=True)


class Instance:
    def __init__(self, bench, engine, data, url):
        self.bench, self.engine, self.data, self.url, self.org = bench, engine, data, url, None
        self.flags = ["--data", str(data)] + (["--database-url", url] if url else [])

    def run(self, *words, check=True):
        command = [self.bench.binary, *words, *self.flags]
        return subprocess.run(command, env={**self.bench.env, **CHEAP}, cwd=self.bench.place, check=check, capture_output=True, text=True)

    def serve(self, **settings):
        return Server(self, settings)

    def rows(self, statement, *ids, org=True):
        """Reads past the product. `{name}` stands for an id as 32 hexadecimal digits, `{org}` for the organisation."""
        if self.engine == "sqlite":
            names = {name: f"lower(hex({name}))" for name in ids} | {"org": f"x'{self.org}'"}
            with sqlite3.connect(f"file:{self.data}/casetrakr.sqlite?mode=ro", uri=True, timeout=10) as db:
                found = db.execute(statement.format(**names)).fetchall()
            return [tuple("" if value is None else str(value) for value in row) for row in found]
        names = {name: f"replace({name}::text, '-', '')" for name in ids} | {"org": f"'{self.org}'::uuid"}
        command = ["psql", "-qAtX", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1", self.url]
        if org:
            command += ["-c", f"set casetrakr.org = '{uuid.UUID(self.org)}'"]
        text = subprocess.run([*command, "-c", statement.format(**names)], check=True, stdout=subprocess.PIPE, text=True).stdout
        text = text.removesuffix("\n")
        return [tuple(row.split("\x1f")) for row in text.split("\x1e")] if text else []


class Server:
    """A running process, ready."""

    def __init__(self, instance, settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.instance = instance
        env = {**instance.bench.env, **CHEAP, **settings}
        self.log = open(instance.bench.place / f"log{self.port}", "w+")
        started = time.monotonic()
        command = [instance.bench.binary, "serve", "--addr", f"127.0.0.1:{self.port}", *instance.flags]
        # As Python has them, signals of a file that is too large are ignored: for the process it is a full disk.
        self.process = subprocess.Popen(
            command, env=env, cwd=instance.bench.place, stdout=subprocess.DEVNULL, stderr=self.log, start_new_session=True,
            restore_signals=False,
        )
        instance.bench.children.append(self.process)
        while True:
            try:
                if Browser(self).get("/readyz")[0] == 200:
                    break
            except (Unsent, Unknown):
                pass
            if self.process.poll() is not None or time.monotonic() - started > 20:
                raise RuntimeError(f"the server did not get ready: {self.words()[-2000:]}")
            time.sleep(0.005)
        self.ready = time.monotonic() - started

    def words(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text()

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=DRAIN_SECONDS + 10):
        """SIGTERM; answers the exit code, none if it did not end, and the seconds it took."""
        started = time.monotonic()
        self.process.terminate()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            self.kill()
        return code, time.monotonic() - started

    def check_log(self, errors=True):
        for line in self.words().splitlines():
            if "panicked" in line or (errors and '"level":"ERROR"' in line):
                violation(f"the log says: {line[:300]}")


class Browser:
    """One client: its cookie, and a connection that it keeps or not."""

    def __init__(self, server, cookie="", keep=True, shown_for=""):
        self.server, self.cookie, self.keep, self.shown_for, self.connection = server, cookie, keep, shown_for, None

    def get(self, path, **pairs):
        return self.ask("GET", path + ("?" + urllib.parse.urlencode(pairs) if pairs else ""))

    def call(self, path, **pairs):
        form = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urllib.parse.urlencode(pairs), form)

    def read(self, path, **pairs):
        status, _, body = self.get(path, **pairs)
        if status != 200:
            raise RuntimeError(f"{path} {pairs} answers {status} {body[:200]}")
        return json.loads(body)

    def ask(self, method, path, body=None, headers=None):
        headers = {"accept": "application/json", "sec-fetch-site": "same-origin", **(headers or {})}
        if self.cookie:
            headers["cookie"] = self.cookie
        if self.shown_for and method == "POST":
            headers["x-shown-for"] = self.shown_for
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
                self.connection.connect()
        except OSError as error:
            self.close()
            raise Unsent(repr(error)) from error
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            answer = response.status, response.headers, response.read()
            if response.will_close or not self.keep:
                self.close()
            return answer
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unknown(f"{method} {path.split('?')[0]}: {error!r}") from error

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def sign_in(self):
        instance = self.server.instance
        status, headers, body = self.call("/api/accounts/sign_in", email=instance.email, password=instance.password)
        if status != 200:
            raise RuntimeError(f"nobody can sign in: {status} {body[:200]}")
        # The session, and the device that is known from now on.
        self.cookie, self.shown_for = "; ".join(cookie.split(";")[0] for cookie in headers.get_all("set-cookie")), ""
        # What changes something says for whom and for which organisation its page was made.
        page = self.ask("GET", "/me", headers={"accept": "text/html"})[2].decode()
        self.shown_for = page.split('data-for="')[1].split('"')[0]
        return self

    def another(self, keep=True):
        return Browser(self.server, self.cookie, keep, self.shown_for)
