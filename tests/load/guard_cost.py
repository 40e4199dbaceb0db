#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tokens, quotas and lists cost: CPU per message with all of them on beside none, in one run.

    tests/load/guard_cost.py [--build BUILD_DIRECTORY] [--rounds N] [--seconds S]

Each round starts both servers, freshly and in turn, the second first in every other round, under
the same load. Exits with 1 if the median over the rounds is over 1.1. Wants two processors.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import servers

ROOT = Path(__file__).resolve().parents[2]
SERVER_CPU, LOAD_CPU = "0", "1"
RATIO_MAX = 1.1
WORK = ["fair", "--connections", 1000, "--swarms", 50, "--offers", 10, "--rate", 300,
        "--warm-seconds", 1, "--seconds-max", 120]
SECRET = "guard-cost-secret-of-more-than-32-bytes"


def guarded(folder):
    """A tenant with tokens, origins, limits, and a deny list of 100,000 hashes."""
    deny = folder / "deny"
    deny.write_text("".join(f"{number:040x}\n" for number in range(100_000)))
    secret = folder / "secret"
    secret.write_text(SECRET)
    config = folder / "waggle.json"
    config.write_text(json.dumps({
        "tenants": {"acme": {
            "access": {"mode": "token", "deny_file": str(deny), "origins": ["https://*", "none"]},
            "tokens": {"secrets": [f"k:{SECRET}"]},
            "limits": {"connections_max": 100_000, "swarms_max": 100_000,
                       "messages_per_second": 10_000_000, "memberships_max": 1000}}},
        "quota": {"address_enforce": True, "memory_max": "4GiB"}}))
    return config, secret


def measure(build, settings, path, seconds):
    """CPU of all threads of the server, microseconds a message."""
    with servers.Waggle(build, *settings, cores=1, cpus=SERVER_CPU) as server:
        command = ["taskset", "-c", LOAD_CPU, Path(build) / "waggle-load", *WORK, "--seconds",
                   seconds, "--connect", server.address, "--server-pid", server.process.pid,
                   "--path", path]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
        return json.loads(done.stdout.strip().splitlines()[-1])["server"]["cpu_us_per_message"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3)
    asked = parser.parse_args()
    ratios, costs = [], {"open": [], "guarded": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config, secret = guarded(folder)
        token = subprocess.run([asked.build / "waggle", "token", "--secret-file", secret, "--kid",
                                "k", "--tenant", "acme", "--expires", "1h"], check=True,
                               capture_output=True, text=True).stdout.strip()
        tenants = json.loads(config.read_text())
        flags = {"open": ((*servers.UNMETERED,), "/"),
                 "guarded": ([f"tenants.acme.{section}.{field}={plain(value)}"
                              for section, fields in tenants["tenants"]["acme"].items()
                              for field, value in fields.items()]
                             + [f"quota.{field}={plain(value)}"
                                for field, value in tenants["quota"].items()],
                             f"/t/acme/?token={token}")}
        for number in range(asked.rounds):
            for kind in sorted(flags, reverse=number % 2 == 1):
                costs[kind].append(measure(asked.build, *flags[kind], asked.seconds))
                print(f"round {number + 1}: {kind} {costs[kind][-1]:.2f} us a message", flush=True)
            ratios.append(costs["guarded"][-1] / costs["open"][-1])
    middle = statistics.median(ratios)
    for kind, each in costs.items():
        print(f"{kind}: {statistics.median(each):.2f} us [{min(each):.2f}, {max(each):.2f}]")
    print(f"guarded / open: {middle:.3f} [{min(ratios):.3f}, {max(ratios):.3f}]")
    return 0 if middle <= RATIO_MAX else 1


def plain(value):
    """As --set wants it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else value


if __name__ == "__main__":
    sys.exit(main())
