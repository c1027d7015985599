"""What must hold when the process is killed, stopped, starved or started badly. For real: the built binary, both engines.

  kill     kill -9 in the middle of writes: nothing acknowledged is lost, nothing is half done, ready again in time
  drain    SIGTERM under load: no request fails, the process ends with 0
  slow     clients that say nothing, half a head or half a body are let go; the others notice nothing
  away     the disk is full, or PostgreSQL is killed and started again: 503 meanwhile, then all goes on, nothing is lost
  start    what is wrong is said in one line, at once, before anything is written
  import   kill -9 in the middle of an import: it goes on by itself to the exact totals
  commands every command of the program, and how each says no
  large    a file of 200 MB is brought in, and the memory of the process hardly grows
  hostile  strangers fill, hold up and shut out what they can, while people work
  request  kill -9 while a request for one's data is carried out and answered: exactly one package, exactly one mail

python3 scripts/reliability [PART…] [--long] [--rounds N] [--seed N] [--engine sqlite|postgres] [--binary FILE]
"""

import argparse
import os
import pathlib
import random
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True

from away import away
from bench import ROOT, Bench, violation, wrong
from commands import commands
from drain import drain
from hostile import hostile
from kill import kill
from large import large
from request import request
from resume import resume
from slow import slow
from start import start

PARTS = {"kill": kill, "drain": drain, "slow": slow, "away": away, "start": start, "commands": commands, "import": resume, "large": large, "request": request, "hostile": hostile}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--engine", choices=("sqlite", "postgres"))
    parser.add_argument("--binary", type=pathlib.Path)
    options = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = options.binary or pathlib.Path(os.environ.get("CASETRAKR_TEST_BIN") or target / "debug/casetrakr")
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    if not binary.is_file():
        parser.error(f"{binary} is not there; scripts/build debug makes it")
    bench, table = Bench(binary.resolve()), []
    print(f"seed {options.seed}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        for part in options.parts or [part for part in PARTS if options.long or part not in ("away", "large")]:
            for engine in [options.engine] if options.engine else ["sqlite", "postgres"]:
                if part == "start" and engine == "postgres":
                    continue
                print(f"{part} on {engine}", flush=True)
                before, started = len(wrong), time.monotonic()
                figures = {}
                try:
                    figures = PARTS[part](bench, engine, options)
                except Exception:
                    violation(traceback.format_exc())
                table.append((part, engine, len(wrong) - before, time.monotonic() - started, figures))
    finally:
        bench.end()
    print()
    for part, engine, count, seconds, figures in table:
        words = ", ".join(f"{name} {value}" for name, value in figures.items())
        print(f"{part:9}{engine:10}{'ok' if not count else f'{count} violations':15}{seconds:5.0f} s  {words}")
    if wrong:
        print(f"\n{len(wrong)} violations with seed {options.seed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
