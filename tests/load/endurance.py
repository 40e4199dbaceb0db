#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What thousands of clients, well-behaved or not, leave in the memory of a server.

    tests/load/endurance.py [--full] [--build BUILD_DIRECTORY] [SCENARIO...]

Scenarios: crowd half-open deaf budget dribble partial. Without --full they are small enough for
every test run. Prints the figures, and exits with 1 if one is out of its bound.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import servers
from servers import KIB, MIB, PATIENCE

ROOT = Path(__file__).resolve().parents[2]

problems = []


def say(text):
    print(text, flush=True)


def check(holds, text):
    say(f"  {'ok    ' if holds else 'BROKEN'} {text}")
    if not holds:
        problems.append(text)


def mib(count):
    return f"{count / MIB:.1f} MiB"


class Server(servers.Waggle):
    """A server under test that has to end cleanly."""

    def __exit__(self, *failure):
        check(self.stop() == 0, "the server ends cleanly")

    def stats(self, info_hash=None):
        return json.loads(self.page("/stats.json" + (f"?info_hash={info_hash}" if info_hash else "")))

    def counter(self, name, label=None):
        value = self.stats()["counters"][f"waggle_{name}_total"]
        return value[label] if label else value

    def kernel_send_bytes(self):
        """What the kernel holds for this server's connections, and their number (ss -m)."""
        port = self.address.rsplit(":", 1)[1]
        text = subprocess.run(["ss", "-tmnH", f"sport = :{port}"], check=True, text=True,
                              capture_output=True).stdout
        queued = [int(number) for number in re.findall(r"skmem:\(.*?,w(\d+),", text)]
        return sum(queued), len(queued)


class Load:
    """A process of waggle-load."""

    def __init__(self, build, server, mode, *flags):
        self.process = subprocess.Popen(
            [build / "waggle-load", mode, "--connect", server.address, *map(str, flags)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def line(self):
        return json.loads(self.process.stdout.readline())

    def end(self):
        """Lets it go; its last words."""
        self.process.stdin.close()
        last = json.loads(self.process.stdout.read().strip().splitlines()[-1])
        self.process.wait(timeout=PATIENCE)
        return last


def wait_until(what, holds, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            check(False, f"{what} within {seconds} s")
            return
        time.sleep(0.05)


def is_empty(server):
    stats = server.stats()
    return stats["peers"] + stats["swarms"] + stats["connections"] == 0


def relays(server):
    return [server.counter("offers_relayed"), server.counter("answers_relayed")]


def undelivered(server):
    counters = server.stats()["counters"]
    return [counters["waggle_offers_unmatched_total"], counters["waggle_answers_unroutable_total"],
            sum(counters["waggle_deliveries_shed_total"].values()),
            counters["waggle_deliveries_stale_total"]]


def at_rest(server):
    """Whether nothing is relayed within two seconds."""
    before = relays(server)
    time.sleep(2)
    return relays(server) == before


def crowd(build, full):
    """Twice 9,000 connections announce, exchange and vanish; the memory is what it was."""
    each, processes = (3000, 3) if full else (400, 3)
    with Server(build) as server:
        Load(build, server, "crowd", "--connections", 500, "--swarms", 50).end()
        wait_until("an empty server", lambda: is_empty(server))
        warm = server.resident()
        say(f"  warm, after 500 connections: {mib(warm)}")
        for turn in (1, 2):
            before = undelivered(server)
            loads = [Load(build, server, "crowd", "--connections", each, "--swarms", 300,
                          "--first-peer", number * each, "--source", f"127.0.0.{number + 2}",
                          "--stay")
                     for number in range(processes)]
            for load in loads:
                load.line()
            # Who was quiet first may still have been offered something by the others.
            wait_until("rest", lambda: at_rest(server))
            stats, peak, after = server.stats(), server.resident(), undelivered(server)
            check(stats["connections"] == each * processes, f"{stats['connections']} at once")
            say(f"  turn {turn}: {stats['peers']} peers in {stats['swarms']} swarms, resident "
                f"{mib(peak)}")
            ends = [load.end() for load in loads[1:]]
            loads[0].process.send_signal(signal.SIGUSR1)  # tells what it has, and stays
            ends.append(loads[0].line())
            loads[0].process.kill()  # vanishes without a word, the others in three other ways
            loads[0].process.wait()
            total = {key: sum(end[key] for end in ends)
                     for key in ("opened", "replies", "offers_sent", "offers_received",
                                 "answers_sent", "answers_received", "errors")}
            say(f"  {total}")
            check(total["errors"] == 0, "nothing was misrouted, came twice or failed")
            sent = total["offers_sent"] + total["answers_sent"]
            arrived = total["offers_received"] + total["answers_received"]
            said = sum(after) - sum(before)
            check(sent - arrived == said,
                  f"of {sent} offers and answers sent {arrived} arrived; the others are counted: "
                  f"{[now - then for now, then in zip(after, before)]} without a receiver, "
                  "without a way back, shed, stale")
            wait_until("zero peers, swarms and connections", lambda: is_empty(server))
            check(is_empty(server), "zero peers, zero swarms, zero connections")
        bound = warm * 1.2 + 8 * MIB
        # Freed memory goes back to the system within seconds.
        wait_until("the memory back", lambda: server.resident() <= bound)
        after = server.resident()
        check(after <= bound, f"resident {mib(after)} <= 1.2 x warm + 8 MiB = {mib(bound)}")


def half_open(build, full):
    """A client that is stopped, and whose kernel goes on acknowledging."""
    dead_after = 60 if full else 3
    quick = [] if full else ["session.ping_after=1s", "session.dead_after=3s"]
    with Server(build, *quick) as server:
        # From before its one announce: it sends nothing after that.
        last_byte = time.monotonic()
        load = Load(build, server, "crowd", "--connections", 1, "--swarms", 1, "--offers", 0,
                    "--rounds", 1, "--stay")
        load.line()
        check(server.stats()["peers"] == 1, "the client is a member")
        load.process.send_signal(signal.SIGSTOP)
        wait_until("gone from its swarm", lambda: server.stats()["peers"] == 0, dead_after + 10)
        took = time.monotonic() - last_byte
        watcher = Load(build, server, "crowd", "--connections", 1, "--swarms", 1, "--first-peer",
                       1, "--rounds", 1).end()
        check(watcher["replies"] == 1 and server.counter("offers_relayed") == 0,
              "who joins now is not sent to it")
        load.process.kill()
        load.process.wait()
        check(took <= dead_after + 0.25 + 0.25,
              f"gone {took:.2f} s after its last byte <= {dead_after} s + a tick (+ 0.25 s to start "
              "the client and to look)")
        check(server.counter("connections_closed", "dead") == 1, "counted as dead")


def run_deaf(build, full, name, *settings, outbox=256 * KIB, total=256 * MIB, slack=0):
    """slack: bytes more than the bound that are resident until holes are given back."""
    count = 200 if full else 20
    send_buffer = 128 * KIB
    with Server(build, *servers.UNMETERED, *settings) as server:  # one talks to all of them
        Load(build, server, "deaf", "--connections", 4, "--bytes", 200_000).end()
        wait_until("an empty server", lambda: is_empty(server))
        before = server.resident()
        load = Load(build, server, "deaf", "--connections", count)
        ready = load.line()
        kernel, sockets = server.kernel_send_bytes()
        stats, at_once = server.stats(), server.resident() - before
        shed = server.stats()["counters"]["waggle_deliveries_shed_total"]
        # What is queued is all that may grow, with some room for the allocator.
        memory = min(total, count * 2 * (outbox + 64 * KIB))
        bound = memory * 1.1 + 8 * MIB
        wait_until("holes between the queues given back", lambda: server.resident() - before <= bound)
        growth = server.resident() - before
        load.end()
        sent = count * ready["bytes_each"]
        say(f"  {count} deaf clients, {mib(sent)} sent to them: resident +{mib(at_once)}, within "
            f"seconds +{mib(growth)}, queues "
            f"{mib(stats['outbox_bytes'])} in {mib(stats['outbox_memory_bytes'])}, kernel "
            f"{mib(kernel)} in {sockets} sockets, shed {shed}")
        check(ready["reader_missed"] == 0 and ready["errors"] == 0,
              f"the readers beside them got all {ready['reader_offers']} offers")
        check(stats["outbox_bytes"] <= count * (outbox + 64 * KIB), "queues within their bounds")
        check(stats["outbox_memory_bytes"] <= total, f"their memory within {mib(total)}")
        check(at_once <= bound + slack, f"resident never grew by more than {mib(bound + slack)}")
        check(growth <= bound, f"resident grew by no more than {mib(bound)}")
        # The kernel counts its own overhead, and lets the last piece go over the limit.
        check(kernel <= count * send_buffer * 1.5, "the kernel holds what was configured")
        check(shed[name] > 0, f"shed deliveries are counted as {name}")
        wait_until("an empty server", lambda: is_empty(server))


def deaf(build, full):
    """Clients that never read what is sent to them."""
    run_deaf(build, full, "outbox_full")


def budget(build, full):
    """The same where all queues together may not grow as far."""
    total = 16 * MIB if full else 2 * MIB
    run_deaf(build, full, "budget", f"session.outbox_bytes_total_max={total // KIB}KiB",
             total=total, slack=total)


def run_dribble(build, full, first_bytes, *settings):
    count = 1000 if full else 60
    deadline = 30 if full else 4
    quick = [] if full else ["session.message_deadline=4s"]
    # All that is said is one message, which is never complete.
    with Server(build, "session.first_message_deadline=0s", *quick, *settings) as server:
        # As many that do not dribble: what is left is what the bytes of the message cost.
        Load(build, server, "crowd", "--connections", count, "--swarms", 5).end()
        before = server.resident()
        load = Load(build, server, "dribble", "--connections", count, "--first-bytes", first_bytes)
        load.line()
        wait_until("all of them", lambda: server.counter("http_requests", "upgraded") >= 2 * count)
        time.sleep(1.5)  # the second byte
        partial, growth = server.stats()["partial_bytes"], server.resident() - before
        others = Load(build, server, "crowd", "--connections", 50, "--swarms", 5).end()
        check(others["errors"] == 0, "others are served meanwhile")
        last = load.end()
        say(f"  {count} dribbling clients: {mib(partial)} of partial messages, resident "
            f"+{mib(growth)}, closed {last['closed_by_code']} after {last['first_end_ms']} to "
            f"{last['last_end_ms']} ms")
        check(last["still_open"] == 0, f"all are closed {deadline} s after the first byte")
        wait_until("nothing is held any more", lambda: server.stats()["partial_bytes"] == 0)
        return last, partial, growth


def dribble(build, full):
    """A 60 KB message at one byte a second."""
    last, partial, growth = run_dribble(build, full, 1)
    check(set(last["closed_by_code"]) == {"1008"}, "with 1008: not whole in time")
    check(growth <= 8 * MIB, "memory as if they had sent nothing")


def partial(build, full):
    """All but 1 KB of it at once, under a budget that has no room for all."""
    total = 32 * MIB if full else 2 * MIB
    last, held, growth = run_dribble(build, full, 59_000,
                                     f"session.partial_bytes_total_max={total // KIB}KiB")
    check(set(last["closed_by_code"]) == {"1008", "1013"}, "with 1013 past the budget, else 1008")
    check(held <= total, f"within the budget of {mib(total)}")
    check(growth <= total * 1.2 + 8 * MIB, "and so is the resident memory")


SCENARIOS = {"crowd": crowd, "half-open": half_open, "deaf": deaf, "budget": budget,
             "dribble": dribble, "partial": partial}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the sizes of docs/performance.md")
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev")
    parser.add_argument("scenarios", nargs="*", default=list(SCENARIOS), metavar="SCENARIO")
    asked = parser.parse_args()
    for name in asked.scenarios:
        scenario = SCENARIOS[name]
        say(f"{name}: {scenario.__doc__}")
        begin = time.monotonic()
        scenario(asked.build, asked.full)
        say(f"  took {time.monotonic() - begin:.1f} s")
    say(f"{len(problems)} broken" if problems else "all bounds hold")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
