#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What keeping facts in a file costs: CPU per message with sqlite: beside memory:, in one run.

    tests/load/storage_cost.py [--build BUILD_DIRECTORY] [--rounds N] [--seconds S]

Each round starts both servers, freshly and in turn, the second first in every other round, under
the same load. Exits with 1 if the median over the rounds is over 1.05, with 77 without the
processors 0 and 1.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import servers

ROOT = Path(__file__).resolve().parents[2]
SERVER_CPU, LOAD_CPU = "0", "1"
RATIO_MAX = 1.05
WORK = ["fair", "--connections", 1000, "--swarms", 50, "--offers", 10, "--rate", 300,
        "--warm-seconds", 1, "--seconds-max", 120]


def measure(build, url, seconds):
    """CPU of all threads of the server, microseconds a message; facts it wrote meanwhile."""
    with servers.Waggle(build, f"storage.url={url}", "storage.series_interval=1s", cores=1,
                        cpus=SERVER_CPU) as server:
        command = ["taskset", "-c", LOAD_CPU, Path(build) / "waggle-load", *WORK, "--seconds",
                   seconds, "--connect", server.address, "--server-pid", server.process.pid]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
        report = json.loads(done.stdout.strip().splitlines()[-1])
        facts = json.loads(server.page("/stats.json"))["service"]
        if facts["storage_problem"]:
            raise RuntimeError("the store could not write")
        return report["server"]["cpu_us_per_message"], facts["storage_facts_written"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3)
    asked = parser.parse_args()
    if not {int(SERVER_CPU), int(LOAD_CPU)} <= os.sched_getaffinity(0):
        print("storage_cost: wants the processors 0 and 1")
        return 77
    ratios, costs = [], {"memory": [], "sqlite": []}
    for number in range(asked.rounds):
        with tempfile.TemporaryDirectory() as folder:
            urls = {"memory": "memory:", "sqlite": f"sqlite:{folder}/waggle.db"}
            for name in sorted(urls, reverse=number % 2 == 1):
                cost, facts = measure(asked.build, urls[name], asked.seconds)
                costs[name].append(cost)
                print(f"round {number + 1}: {name} {cost:.2f} us a message, {facts:.0f} facts",
                      flush=True)
        ratios.append(costs["sqlite"][-1] / costs["memory"][-1])
    middle = statistics.median(ratios)
    for name, each in costs.items():
        print(f"{name}: {statistics.median(each):.2f} us [{min(each):.2f}, {max(each):.2f}]")
    print(f"sqlite / memory: {middle:.3f} [{min(ratios):.3f}, {max(ratios):.3f}]")
    return 0 if middle <= RATIO_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
