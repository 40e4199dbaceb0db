#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long the lists of the admin API take while the server has many swarms.

    tests/load/lists.py [--full [--rate N]] [--build BUILD_DIRECTORY] [--turns] [--slack TIMES]

Small (40,000 swarms) it checks that the lists are whole; --full has a million of them in 2,500
connections. --turns looks at the core meanwhile, by perf: how long it is between two waits for
events. Exits with 1 if a list takes more than 50 ms, or turns more than 2 ms:

              lists             turns
    small     the median        the longest of each of five walks over the swarms: one that keeps to
                                it shows that walks can, noise does not reach them all
    --full    the 99th of 100   the 99.9th percentile

A turn is as long as it was by the clock and by the processor's time: while another thread had the
core's processor it was not long. Where perf may not look, the lists are all that is judged. --slack
multiplies the bounds, for builds without optimisation, in which all takes some ten times as long; a
walk in one piece takes twenty times as long as one of its slices. Exits with 77 without the
processors 0 and 1.
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
WALKS = 5
WALK_SECONDS = 6  # a walk is renewed each 5 s while somebody asks
LOAD_SECONDS_MAX = 900
SKIPPED = 77


def threads_of_cores(pid):
    """All but the first, which is the control loop; a store in memory has none."""
    return [tid for tid in map(int, os.listdir(f"/proc/{pid}/task")) if tid != pid]


class Crowd:
    """Clients that hold the swarms until it is told to end."""

    def __init__(self, build, address, swarms, rate):
        self.process = subprocess.Popen(
            list(map(str, [Path(build) / "waggle-load", "long-tail", "--connect", address,
                           "--connections", swarms // SWARMS_EACH, "--swarms", swarms,
                           "--swarms-each", SWARMS_EACH, "--even", "--offers", 0,
                           "--rate", rate, "--seconds", LOAD_SECONDS_MAX,
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
    """What perf sees of the core's waits: the longest times between them.

    A core waits in the set of its event loop, which takes 128 events at once; the set of its
    sessions, which is another, it only asks. What it has of the processor is told when it loses it,
    as in a wait, and now and then before.
    """
    LINE = re.compile(r"^\s*(?P<at>[\d.]+) \(\s*(?:(?P<took>[\d.]+) ms)?\s*\):.*"
                      r"(?:(?P<wait>maxevents: 128[,)])|(?P<more>\.\.\. \[continued\]: epoll_)|"
                      r"sched_stat_runtime\(.*runtime: (?P<spent>\d+))", re.MULTILINE)

    def __init__(self, pid):
        self.told = tempfile.TemporaryFile("w+")
        cores = threads_of_cores(pid)
        self.process = subprocess.Popen(
            ["perf", "trace", "--tid", ",".join(map(str, cores)), "-e",
             "epoll_wait,epoll_pwait,sched:sched_stat_runtime", "--time"],
            stdout=subprocess.DEVNULL, stderr=self.told)
        time.sleep(1)  # perf says nothing when it is ready; what it misses was not measured

    def longest(self):
        """Milliseconds: sorted, the longest last."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.told.seek(0)
        turns = turns_of(self.told.read())
        if not turns:
            raise RuntimeError("perf saw no wait")
        return turns

    def tell(self, when):
        turns = self.longest()
        print(f"turns of the core {when}: {len(turns):,}, p99 {percentile(turns, 0.99):.2f}, "
              f"p99.9 {percentile(turns, 0.999):.2f} ms, longest "
              f"{', '.join(f'{each:.2f}' for each in turns[-5:])} ms; "
              f"{sum(each > TURN_MS_MAX for each in turns)} over {TURN_MS_MAX} ms", flush=True)
        return turns

    @staticmethod
    def can_be_seen():
        try:
            tried = subprocess.run(
                ["perf", "trace", "-e", "epoll_wait,sched:sched_stat_runtime", "true"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except FileNotFoundError:
            return False
        return tried.returncode == 0


def turns_of(told):
    """Milliseconds between two waits for events that one core had of its processor, sorted.

    told: lines like "  123.456 ( 0.012 ms): epoll_wait(..., maxevents: 128, ...) = 1", which stands
    where the wait began, and "  123.460 (         ): ...sched_stat_runtime(..., runtime: 4711)". A wait
    during which something else is told has two: one without its length, and with the same beginning
    "  123.456 ( 0.012 ms):  ... [continued]: epoll_wait() = 1".
    """
    waits, spent, begun = [], [], set()
    for found in Turns.LINE.finditer(told):
        at = float(found["at"])
        if found["spent"]:
            spent.append((at, int(found["spent"]) / 1e6))
        elif not found["took"]:
            begun.add(at)
        elif found["wait"] or at in begun:
            waits.append((at, at + float(found["took"])))
    waits.sort()
    spent.sort(reverse=True)
    turns = []
    for (_, begin), (end, over) in zip(waits, waits[1:]):
        had = 0.0
        # What is told within the wait behind a turn is of that turn, or of no turn at all.
        while spent and spent[-1][0] <= over:
            had += spent.pop()[1]
        turns.append(min(end - begin, had))
    return sorted(turns)


def percentile(values, part):
    return values[min(len(values) - 1, int(len(values) * part))]


def await_whole_list(operator, swarms):
    end = time.monotonic() + servers.PATIENCE
    while operator.get("swarms?limit=1")["total"] != swarms:
        if time.monotonic() > end:
            raise RuntimeError("the list of the swarms is not whole")
        time.sleep(0.2)
    if operator.get(f"swarms?offset={swarms}")["items"]:
        raise RuntimeError("there are rows past the last one")


def slow_lists(operator, swarms, times, part, slack):
    """The paths whose percentile is over the bound."""
    slow, bound = [], ANSWER_MS_MAX * slack
    print(f"{swarms:,} swarms, {times} answers each: milliseconds p50, p99, most", flush=True)
    for path in lists_of(operator, swarms):
        took = operator.time(path, times)
        middle, high = percentile(took, 0.5), percentile(took, 0.99)
        print(f"  {path[:60]:60} {middle:8.2f} {high:8.2f} {took[-1]:8.2f}", flush=True)
        if percentile(took, part) > bound:
            slow.append(f"{path} takes more than {bound} ms")
    return slow


def slow_walks(operator, pid, slack):
    """Looks at some walks over the swarms, each by itself."""
    longest, bound = [], TURN_MS_MAX * slack
    for _ in range(WALKS):
        seen = Turns(pid)
        end = time.monotonic() + WALK_SECONDS
        while time.monotonic() < end:
            operator.get("swarms?limit=1")
            time.sleep(0.2)
        longest.append(seen.longest()[-1])
    print(f"longest turn of each walk: {', '.join(f'{each:.2f}' for each in longest)} ms",
          flush=True)
    if min(longest) <= bound:
        return []
    return [f"every walk has a turn of more than {bound} ms"]


def run_small(asked, turns):
    with servers.Waggle(asked.build, "storage.url=memory:", cores=1) as server:
        pin_cores(server)
        operator = Operator(server)
        swarms = 40_000
        with Crowd(asked.build, server.address, swarms, rate=1):
            await_swarms(operator, swarms)
            await_whole_list(operator, swarms)
            slow = slow_lists(operator, swarms, times=5, part=0.5, slack=asked.slack)
            if turns:
                slow += slow_walks(operator, server.process.pid, asked.slack)
            return slow


def run_full(asked, turns):
    with servers.Waggle(asked.build, "storage.url=memory:", cores=1) as server:
        pin_cores(server)
        operator = Operator(server)
        swarms = 1_000_000
        with Crowd(asked.build, server.address, swarms, asked.rate):
            await_swarms(operator, swarms)
            await_whole_list(operator, swarms)
            if turns:
                quiet = Turns(server.process.pid)
                time.sleep(QUIET_SECONDS)
                quiet.tell("before the lists")
            seen = Turns(server.process.pid) if turns else None
            slow = slow_lists(operator, swarms, times=100, part=0.99, slack=asked.slack)
            if seen and percentile(seen.tell("beside the lists"), 0.999) > TURN_MS_MAX * asked.slack:
                slow.append(f"one turn of 1,000 takes more than {TURN_MS_MAX * asked.slack} ms")
            return slow


def pin_cores(server):
    for core in threads_of_cores(server.process.pid):
        os.sched_setaffinity(core, {THE_CORE})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--turns", action="store_true")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--rate", type=int, default=RATE, help="announces per second beside --full")
    parser.add_argument("--slack", type=int, default=1, metavar="TIMES", help="of the bounds")
    asked = parser.parse_args()
    if not {THE_CORE, EVERYTHING_ELSE} <= os.sched_getaffinity(0):
        print("lists: wants the processors 0 and 1")
        return SKIPPED
    turns = asked.turns and Turns.can_be_seen()
    if asked.turns and not turns:
        print("lists: perf may not look at turns here")
    os.sched_setaffinity(0, {EVERYTHING_ELSE})  # and so of all that it starts
    slow = (run_full if asked.full else run_small)(asked, turns)
    for each in slow:
        print(each)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
