"""DR-20: kill -9 while a request about personal data is carried out and its answer goes out."""

import random
import threading
import time

from bench import Browser, READY_SECONDS, Unknown, Unsent, check

NIL = "0" * 32


def request(bench, engine, options):
    instance, chance = bench.instance(engine, 5), random.Random(options.seed)
    # On PostgreSQL the lease of a dead process has to expire first, which takes its seconds.
    rounds = options.rounds or (30 if engine == "sqlite" or options.long else 4)
    instance.run("user", "operator", instance.email)
    killed, worst = 0, 0.0

    def serve():
        server = instance.serve(CASETRAKR_LIMITS_REQUESTS_PER_HOUR="100000")
        check(server.ready <= READY_SECONDS, f"ready only after {server.ready:.2f} s")
        return server

    def seen():
        return browser.read("/api/requests/operator_request", request=id)

    def step(act):
        return browser.call("/api/requests/operator_act", request=id, version=seen()["version"], act=act)[0]

    def killed_during(act, within):
        """Takes a step and pulls the plug at a random moment in it or in what follows; answers the next process."""
        version = seen()["version"]

        def send():
            try:
                browser.another().call("/api/requests/operator_act", request=id, version=version, act=act)
            except (Unsent, Unknown):
                pass

        sending = threading.Thread(target=send)
        sending.start()
        time.sleep(chance.uniform(0, within))
        server.kill()
        sending.join()
        return serve()

    def until(what, holds):
        since = time.monotonic()
        while not holds():
            if time.monotonic() - since > 60:
                raise RuntimeError(f"{reference}: {what} never comes")
            time.sleep(0.05)
        return time.monotonic() - since

    server = serve()
    browser = Browser(server).sign_in()
    for number in range(rounds):
        if number % 10 == 9:
            # Whoever signed in within the last ten minutes needs no link.
            browser = Browser(server).sign_in()
        status, _, body = browser.call("/api/requests/ask", kind="access", concern="account", email=instance.email)
        check(status == 200, f"the request is answered with {status} {body[:200]}")
        row = next(row for row in browser.read("/api/requests/operator_inbox")["rows"] if row["state"] == "in_review")
        id, reference = row["id"], row["reference"]
        server = killed_during("fulfil", 0.25)
        browser = Browser(server, browser.cookie, shown_for=browser.shown_for)
        killed += 1
        if seen()["row"]["state"] == "in_review":
            check(step("fulfil") == 200, f"{reference} cannot be accepted again")
        worst = max(worst, until("the package", lambda: seen()["answer"]))
        check(step("check") == 200, f"{reference} cannot be checked")
        server = killed_during("deliver", 0.04)
        browser = Browser(server, browser.cookie, shown_for=browser.shown_for)
        killed += 1
        if seen()["row"]["state"] == "quality_check":
            check(step("deliver") == 200, f"{reference} cannot be sent again")
        exactly_once(instance, id.replace("-", ""), reference)
    code, _ = server.stop()
    check(code == 0, f"SIGTERM ends with {code}")
    check(instance.run("audit", "verify", check=False).returncode == 0, "audit verify finds a break")
    print(f"  {killed} kills in {rounds} requests; a package was there after at most {worst:.1f} s")
    return {"kills": killed, "package": f"{worst:.1f} s"}


def exactly_once(instance, id, reference):
    """One package, one event that it was made, one that it was sent, one mail."""
    org, instance.org = instance.org, NIL
    at = f"x'{id}'" if instance.engine == "sqlite" else f"'{id}'::uuid"
    counts = {
        "packages": f"select count(*) from rights_answers where org_id = {{org}} and request_id = {at}",
        "times it was made": f"select count(*) from audit_events where org_id = {{org}} and subject_id = {at} and action = 'request.carried_out'",
        "times it was sent": f"select count(*) from audit_events where org_id = {{org}} and subject_id = {at} and action = 'request.delivered'",
        "mails": f"select count(*) from mails where subject = 'The answer to your privacy request ({reference})'",
    }
    for what, statement in counts.items():
        (count,) = instance.rows(statement)[0]
        check(count == "1", f"{reference}: {count} {what}")
    instance.org = org
