#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long the lists of the admin API take while the server has many swarms.

    tests/load/lists.py [--full] [--build BUILD_DIRECTORY] [--turns]

Small (20,000 swarms) it checks that the lists are whole; --full has a million of them in 2,500
connections, and exits with 1 if the 99th percentile of a list is over 50 ms. --turns looks at the
cores meanwhile, by perf: how long they are between two waits for events. Wants two processors.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import servers

ROOT = Path(__file__).resolve().parents[2]
SWARMS_EACH = 400
THE_CORE, EVERYTHING_ELSE = 1, 0  # processors: turns are to show the core's work, not who else ran
RATE = 5_000  # announces per second meanwhile
ANSWER_MS_MAX = 50
TURN_MS_MAX = 2
QUIET_SECONDS = 15
LOAD_SECONDS_MAX = 900


def threads_of_cores(pid):
    """All but the first, which is the control loop; a store in memory has none."""
    return [tid for tid in map(int, os.listdir(f"/proc/{pid}/task")) if tid != pid]


class Crowd:
    """Clients that hold the swarms until it is told to end."""

    def __init__(self, build, address, swarms):
        self.process = subprocess.Popen(
            list(map(str, [Path(build) / "waggle-load", "long-tail", "--connect", address,
                           "--connections", swarms // SWARMS_EACH, "--swarms", swarms,
                           "--swarms-each", SWARMS_EACH, "--even", "--offers", 0,
                           "--rate", RATE, "--seconds", LOAD_SECONDS_MAX,
                           "--seconds-max", LOAD_SECONDS_MAX])),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.terminate()
        self.process.wait()


class Operator:
    """Asks over one connection after the other, as a dashboard does."""

    def __init__(self, server):
        self.base = server.internal + "/api/v1/"

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=servers.PATIENCE) as answer:
            return json.loads(answer.read())

    def time(self, path, times):
        """Milliseconds of each answer, sorted."""
        took = []
        for _ in range(times):
            begin = time.perf_counter()
            self.get(path)
            took.append((time.perf_counter() - begin) * 1000)
        return sorted(took)


def await_swarms(operator, swarms):
    end = time.monotonic() + LOAD_SECONDS_MAX
    while time.monotonic() < end:
        there = operator.get("overview")["swarms"]
        if there >= swarms:
            return
        time.sleep(1)
    raise RuntimeError(f"only {there} of {swarms} swarms came")


def lists_of(operator, swarms):
    """The path of each list that is timed."""
    one = operator.get("swarms?limit=1")["items"][0]["info_hash"]
    return ["swarms", "swarms?order=joins&limit=500", "swarms?order=relays",
            f"swarms?offset={swarms // 2}", f"swarms?offset={swarms - 500}&limit=500",
            f"swarms?q={one[:8]}", f"swarms?q={one}", f"swarms/{one}", f"swarms/{one}/events",
            "connections", "connections?offset=1000&limit=500", "clients", "refusals", "bans",
            "overview"]


class Turns:
    """What perf sees of the cores' waits: the longest times between them.

    A core waits in the set of its event loop, which takes 128 events at once; the set of its
    sessions, which is another, it only asks.
    """
    WAIT = re.compile(r"^\s*([\d.]+) \(\s*([\d.]+) ms\):(?: \S*?/(\d+))?.*maxevents: 128[,)]", re.MULTILINE)

    def __init__(self, pid):
        self.told = tempfile.TemporaryFile("w+")
        cores = threads_of_cores(pid)
        self.process = subprocess.Popen(
            ["perf", "trace", "--tid", ",".join(map(str, cores)), "-e", "epoll_wait,epoll_pwait",
             "--time"], stdout=subprocess.DEVNULL, stderr=self.told)
        time.sleep(1)  # perf says nothing when it is ready; what it misses was not measured

    def longest(self):
        """Milliseconds: sorted, the longest last."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.told.seek(0)
        text = self.told.read()
        ends, turns = {}, []
        # "  123.456 ( 0.012 ms): waggle/4711 epoll_wait(...) = 1", the name only if there are several
        for found in self.WAIT.finditer(text):
            begin, lasted, thread = float(found[1]), float(found[2]), found[3]
            if thread in ends:
                turns.append(begin - ends[thread])
            ends[thread] = begin + lasted
        if not turns:
            raise RuntimeError(f"perf saw no wait: {text[-300:]}")
        return sorted(turns)


    def tell(self, when):
        turns = self.longest()
        print(f"turns of the core {when}: {len(turns):,}, p99 {percentile(turns, 0.99):.2f}, "
              f"p99.9 {percentile(turns, 0.999):.2f} ms, longest "
              f"{', '.join(f'{each:.2f}' for each in turns[-5:])} ms; "
              f"{sum(each > TURN_MS_MAX for each in turns)} over {TURN_MS_MAX} ms", flush=True)


def percentile(values, part):
    return values[min(len(values) - 1, int(len(values) * part))]


def run(build, swarms, times, turns):
    slow = []
    os.sched_setaffinity(0, {EVERYTHING_ELSE})  # and so of all that it starts
    with servers.Waggle(build, "storage.url=memory:", cores=1) as server:
        for core in threads_of_cores(server.process.pid):
            os.sched_setaffinity(core, {THE_CORE})
        operator = Operator(server)
        with Crowd(build, server.address, swarms):
            await_swarms(operator, swarms)
            end = time.monotonic() + servers.PATIENCE
            while operator.get("swarms?limit=1")["total"] != swarms:
                if time.monotonic() > end:
                    raise RuntimeError("the list of the swarms is not whole")
                time.sleep(0.2)
            if operator.get(f"swarms?offset={swarms}")["items"]:
                raise RuntimeError("there are rows past the last one")
            if turns:
                quiet = Turns(server.process.pid)
                time.sleep(QUIET_SECONDS)
                quiet.tell("before the lists")
            seen = Turns(server.process.pid) if turns else None
            print(f"{swarms:,} swarms, {times} answers each: milliseconds p50, p99, most", flush=True)
            for path in lists_of(operator, swarms):
                took = operator.time(path, times)
                middle, high = percentile(took, 0.5), percentile(took, 0.99)
                print(f"  {path[:60]:60} {middle:8.2f} {high:8.2f} {took[-1]:8.2f}", flush=True)
                if high > ANSWER_MS_MAX:
                    slow.append(path)
            if seen:
                seen.tell("beside the lists")
    return slow


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--turns", action="store_true")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    asked = parser.parse_args()
    slow = run(asked.build, 1_000_000 if asked.full else 20_000, 100 if asked.full else 5, asked.turns)
    if asked.full and slow:
        print(f"over {ANSWER_MS_MAX} ms: {', '.join(slow)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
