#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An honest crowd beside clients that do everything they should not, all at once.

    tests/load/hostile.py [--full] [--build BUILD_DIRECTORY]

The server has a processor of its own and its default settings, but for a memory budget. What the
honest crowd sees is measured without the others first, then with them. Wants two processors.
Without --full it is short. Exits with 1 if something is out of bounds, with 77 where the machine is
too small.
"""
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import servers
from servers import MIB

ROOT = Path(__file__).resolve().parents[2]
SERVER_CPU, LOAD_CPU = "0", "1"
MEMORY = 400 * MIB  # what queues, incomplete messages and routes may come to, and the rest
SETTINGS = ("session.outbox_bytes_total_max=64MiB", "session.partial_bytes_total_max=32MiB",
            "swarm.routes_max=200000", "storage.series_interval=1h")
HONEST = ["fair", "--connections", 200, "--swarms", 10, "--offers", 5, "--rate", 40,
          "--warm-seconds", 2, "--drain-seconds", 3]
P99_TIMES, P99_LEAST_MS = 5, 50

problems = []


def say(text):
    print(text, flush=True)


def check(holds, text):
    say(f"  {'ok    ' if holds else 'BROKEN'} {text}")
    if not holds:
        problems.append(text)


def honest_crowd(build, server, seconds):
    command = ["taskset", "-c", LOAD_CPU, Path(build) / "waggle-load", *HONEST, "--seconds", seconds,
               "--seconds-max", int(seconds) + 60, "--connect", server.address]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    return json.loads(done.stdout.strip().splitlines()[-1])


def lost_relays(report):
    return sum(report["errors"].values())


def p99_of(report):
    """Milliseconds from an announce until its offers have arrived, or their answers."""
    return max(report["rtt_us"]["offer"]["p99"], report["rtt_us"]["answer"]["p99"]) / 1000


def counters(server):
    return json.loads(server.page("/stats.json"))


def run(build, connections, seconds, slack):
    with servers.Waggle(build, *SETTINGS, cores=1, cpus=SERVER_CPU) as server:
        say("quiet")
        quiet = honest_crowd(build, server, min(seconds, 10))
        check(lost_relays(quiet) == 0, f"nothing is lost: {quiet['errors']}")
        say(f"  relay p99 {p99_of(quiet):.2f} ms")
        say(f"{connections} hostile connections beside it for {seconds} s")
        attackers = subprocess.Popen(
            ["taskset", "-c", LOAD_CPU, sys.executable, "-B", Path(__file__).parent / "attackers.py",
             server.address, "--connections", str(connections), "--seconds", str(seconds + 4)],
            stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(2)
            attacked = honest_crowd(build, server, seconds)
            resident = server.resident()
        finally:
            told, _ = attackers.communicate(timeout=servers.PATIENCE)
        say("  " + told.strip())
        bound = max(P99_TIMES * p99_of(quiet), P99_LEAST_MS) * slack
        check(lost_relays(attacked) == 0, f"the honest lose no relay: {attacked['errors']}")
        check(p99_of(attacked) <= bound, f"relay p99 {p99_of(attacked):.2f} of {bound:.0f} ms")
        check(resident <= MEMORY, f"resident {resident / MIB:.0f} of {MEMORY / MIB:.0f} MiB")
        check(server.process.poll() is None, "the server has not ended")
        stats = counters(server)["counters"]
        say("  closed: " + json.dumps(stats["waggle_connections_closed_total"]))
        say("  handshakes failed: " + json.dumps(stats["waggle_handshakes_failed_total"]))
        check(server.stop() == 0, "it ends with 0 when it is told to")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--slack", type=float, default=1, help="times the bound of the p99, for slow builds")
    asked = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        say("two processors are wanted")
        return 77
    run(asked.build, 500 if asked.full else 100, 60 if asked.full else 8, asked.slack)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
