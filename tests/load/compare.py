#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Waggle beside the epoll floor and other trackers, on the same work in turn.

    ./dev load --compare [--quick] [--rounds N] [--seconds S] [--works NAME,...]

Every round does every work once with each server, freshly started, pinned to one processor, with
the generator on another one. Prints Markdown: the goals, the figures, the commands; the same and
every cell as JSON in build/load. The exit code is 0 if all goals are met, 1 if not.
"""
import argparse
import contextlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import report
import servers
from goals import (AQUATIC, AQUATIC_TLS, BITTORRENT, FLOOR, K10, SATURATED, WAGGLE, WAGGLE_FREE,
                   WAGGLE_FREE_2, WAGGLE_SETTINGS, WAGGLE_TLS, WORKS, Figures, dig)

ROOT = Path(__file__).resolve().parents[2]
GENERATOR_SECONDS_MAX = 120  # for what is not measured: connecting, joining
MEMLOCK_BYTES = 512 * 1024   # that aquatic_ws needs for its rings
# A program that compiles while it runs is measured warm.
WARM_SECONDS = {BITTORRENT: 3}


class Bench:
    """Starts servers and loads, and measures them."""

    def __init__(self, asked, scratch):
        self.asked = asked
        self.scratch = scratch
        self.log = open(asked.out / "servers.log", "a", encoding="utf-8")
        self.tls = make_certificate(scratch)
        self.commands = {}  # what was run, once for each work and server

    def start(self, work, server):
        """server: a name of goals.py."""
        asked, pinned = self.asked, self.asked.server_cpus
        if server == FLOOR:
            return servers.Floor(asked.build, pinned, self.log)
        if server == BITTORRENT:
            return servers.BittorrentTracker(asked.peers, pinned, self.log)
        if server in (AQUATIC, AQUATIC_TLS):
            return servers.Aquatic(asked.peers, self.tls if server == AQUATIC_TLS else None, pinned,
                                   self.log)
        free = server in (WAGGLE_FREE, WAGGLE_FREE_2)
        return servers.Waggle(asked.build, *WAGGLE_SETTINGS, *work.settings,
                              cores=2 if server == WAGGLE_FREE_2 else 1,
                              tls=self.tls if server == WAGGLE_TLS else None,
                              cpus=None if free else pinned, log=self.log)

    def measure(self, work, server, figures):
        """One cell."""
        if work.kind == "bench":
            return self.run_bench(work, server)
        with self.start(work, server) as running:
            if work.kind == "tester":
                cell = self.run_tester(work, server, running)
            elif work.kind == "storm":
                cell = self.run_storm(work, server, running)
            else:
                cell = self.run_load(work, server, running, self.rate_of(work, figures))
            if isinstance(running, servers.Waggle):
                counters = json.loads(running.page("/stats.json"))["counters"]
                cell["shed"] = sum(counters["waggle_deliveries_shed_total"].values())
            return cell

    def run_bench(self, work, server):
        """What needs no server. The allocator's giving back is turned off: its time is not ours."""
        command = ["taskset", "-c", self.asked.server_cpus,
                   self.asked.build / "tests" / "waggle_bench", *work.arguments,
                   "--benchmark_format=json"]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True,
                              env={**os.environ, "MALLOC_TRIM_THRESHOLD_": str(2**34)})
        self.commands[work.name, server] = " ".join(map(str, command)).replace(f"{ROOT}/", "")
        return read_bench(json.loads(done.stdout))

    def rate_of(self, work, figures):
        if not work.share_of:
            return []
        # What was taken per second, in the round that is on.
        taken = figures.cells.get((work.share_of, WAGGLE), [{}])[-1]
        announces, seconds = dig(taken, ("announces",)), dig(taken, ("seconds",))
        if not announces or not seconds:
            raise RuntimeError(f"the rate of {work.share_of} is not known")
        return ["--rate", round(announces / seconds * work.share)]

    def generator(self, work, server, running, more=()):
        """The command line of the generator for this server."""
        free = server in (WAGGLE_FREE, WAGGLE_FREE_2)
        command = [] if free else ["taskset", "-c", self.asked.generator_cpus]
        command += [self.asked.build / "waggle-load", *work.arguments, *more,
                    "--connect", running.address, "--server-pid", running.process.pid]
        if "--warm-seconds" not in command:
            command += ["--warm-seconds", WARM_SECONDS.get(server, 1)]
        if "--seconds" not in command:
            command += ["--seconds", work.seconds or self.asked.seconds]
        command += ["--seconds-max", GENERATOR_SECONDS_MAX]
        command = list(map(str, command))
        self.note(work, server, running, command)
        return command

    def note(self, work, server, running, command):
        """Keeps how it was run, without what differs from machine to machine."""
        text = " ".join([*running.process.args, "&", *command])
        for folder in (self.scratch, ROOT):
            text = text.replace(f"{folder}/", "")
        text = re.sub(r" --server-pid \d+", "", text)
        self.commands[work.name, server] = re.sub(r"127\.0\.0\.1:[1-9]\d*", "127.0.0.1:PORT", text)

    def run_load(self, work, server, running, more):
        command = self.generator(work, server, running, more)
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=2 * GENERATOR_SECONDS_MAX)
        return read_report(done.returncode, done.stdout, done.stderr)

    def run_storm(self, work, server, running):
        """The newcomers of `work`, while others have been at it for a while."""
        others = self.generator(work, server, running)  # for its place
        place = others[:others.index(str(self.asked.build / "waggle-load")) + 1]
        established = [*place, *map(str, [*K10, *SATURATED, "--connect", running.address,
                                          "--seconds", work.seconds])]
        with subprocess.Popen(established, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as before:
            try:
                time.sleep(3)  # they connect, join and warm up
                cell = self.run_load(work, server, running, [])
                out, err = before.communicate(timeout=2 * GENERATOR_SECONDS_MAX)
            finally:
                before.kill()
        cell["established"] = read_report(before.returncode, out, err)
        return cell

    def run_tester(self, work, server, running):
        """aquatic_ws_load_test, whose report is text: every five seconds, how much came."""
        program = self.asked.peers / "aquatic" / "bin" / "aquatic_ws_load_test"
        if not program.exists():
            raise RuntimeError("aquatic_ws_load_test is not installed")
        connections = work.arguments[0]
        config = self.scratch / "tester.toml"
        config.write_text(f'server_address = "{running.address}"\n'
                          f"num_connections_per_worker = {connections}\n"
                          # It counts those that are there, not those on their way.
                          f"connection_creation_interval_ms = {20 if connections < 100 else 2}\n"
                          f"duration = {work.seconds}\n"
                          # Not all come in where the server is saturated; it would wait for ever.
                          "measure_after_max_connections_reached = false\n")
        command = ["taskset", "-c", self.asked.generator_cpus, str(program), "-c", str(config)]
        self.note(work, server, running, [*command, f"[{' '.join(config.read_text().split())}]"])
        before = sum(running.cpu_seconds())
        with peak_memory(running) as memory:
            done = subprocess.run(command, capture_output=True, text=True, check=False,
                                  timeout=GENERATOR_SECONDS_MAX)
        cpu = sum(running.cpu_seconds()) - before
        rates = [float(rate) for rate in re.findall(r"Responses in: ([\d.]+)", done.stdout)]
        active = re.findall(r"Active connections: (\d+)", done.stdout)
        if done.returncode != 0 or len(rates) < 2 or "Average responses" not in done.stdout:
            raise RuntimeError(f"the tester did not end well: {last_line(done.stderr)}")
        # While the first report grows, the connections are still being made.
        return {"responses_per_second": sum(rates[1:]) / len(rates[1:]),
                "connected": int(active[-1]), "server_busy": cpu / work.seconds,
                "cpu_us_per_response": cpu * 1e6 / max(1, 5 * sum(rates)),
                "rss_peak_bytes": memory["peak"],
                "rss_budget_bytes": memory["first"] + self.budget()}

    def budget(self):
        """What Waggle's configuration lets the queues and partial messages of all clients have."""
        text = subprocess.run([self.asked.build / "waggle", "print-config"], check=True, text=True,
                              capture_output=True).stdout
        settings = dict(re.findall(r'"(\w+)": "(\d+)MiB"', text))
        return sum(int(settings[name]) for name in ("outbox_bytes_total_max",
                                                    "partial_bytes_total_max")) * servers.MIB


@contextlib.contextmanager
def peak_memory(server):
    """Looks at the server's memory ten times a second."""
    seen = {"first": server.resident(), "peak": 0}
    over = threading.Event()

    def look():
        while not over.wait(0.1):
            seen["peak"] = max(seen["peak"], server.resident())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "(it said nothing)"


def read_report(code, out, err):
    """The last line of a generator's stdout, with what follows from it."""
    if code not in (0, 1):  # 1: it has figures, and whoever is judged by them also by its errors
        raise RuntimeError(f"the generator ended with {code}: {last_line(err or out)}")
    cell = json.loads(last_line(out))
    user, system = dig(cell, ("server", "user_s")), dig(cell, ("server", "system_s"))
    if user is not None and user + system > 0:
        cell["system_share"] = system / (user + system)
        cell["server_busy"] = (user + system) / cell["seconds"]
        if cell.get("mode") == "handshakes":
            cell["per_core_second"] = cell["replies"] / (user + system)
            cell.pop("ready_ms", None)
    # Without messages there is nothing to divide by, and a handshake is none.
    if not cell.get("useful_messages") or cell.get("mode") in ("handshakes", "churn"):
        cell.get("server", {}).pop("cpu_us_per_message", None)
    return cell


MICROSECONDS = {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}


def read_bench(told):
    """The figures of Google Benchmark's JSON by name; its counters are members beside cpu_us."""
    cell = {}
    for one in told["benchmarks"]:
        if one.get("error_occurred"):
            raise RuntimeError(f"{one['name']}: {one['error_message']}")
        cell[one["name"]] = {**one, "cpu_us": one["cpu_time"] * MICROSECONDS[one["time_unit"]]}
    return cell


def make_certificate(folder):
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-out", certificate, "-keyout", key], check=True, capture_output=True)
    return certificate, key


def raise_limits():
    """Descriptors for 18,000 connections, and locked memory for aquatic's rings."""
    for kind, wanted in ((resource.RLIMIT_NOFILE, 2**20), (resource.RLIMIT_MEMLOCK, MEMLOCK_BYTES)):
        soft, hard = resource.getrlimit(kind)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(kind, (most, hard))


def run_rounds(bench, works, rounds, figures):
    """Cell after cell; each round begins with another server, so that none is always the first."""
    started = time.monotonic()
    total = sum(len(work.servers) * min(rounds, work.rounds_max) for work in works)
    done = 0
    for number in range(rounds):
        for work in works:
            if number >= work.rounds_max:
                continue
            turn = number % len(work.servers)
            for server in (*work.servers[turn:], *work.servers[:turn]):
                try:
                    cell = bench.measure(work, server, figures)
                except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
                    cell = {"error": str(error)}
                figures.add(work.name, server, cell)
                done += 1
                left = (time.monotonic() - started) / done * (total - done)
                print(f"round {number + 1}/{rounds}, {done}/{total}, {left / 60:.0f} min left: "
                      f"{work.name}, {server}: {report.brief(cell)}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--peers", type=Path, default=ROOT / "build/peers")
    parser.add_argument("--out", type=Path, default=ROOT / "build/load", help="for the JSON")
    parser.add_argument("--rounds", type=int, help="15 unless said otherwise")
    parser.add_argument("--seconds", type=float, help="of measuring in each cell: 4")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 2 seconds")
    parser.add_argument("--works", help=f"only these: {', '.join(work.name for work in WORKS)}")
    parser.add_argument("--servers", help="only these, by name")
    parser.add_argument("--server-cpus", default="0", help="as taskset wants it")
    parser.add_argument("--generator-cpus", default="1" if os.cpu_count() == 2 else
                        f"1-{os.cpu_count() - 1}")
    asked = parser.parse_args()
    asked.rounds = asked.rounds or (3 if asked.quick else 15)
    asked.seconds = asked.seconds or (2 if asked.quick else 4)
    return asked


def main():
    asked = arguments()
    if os.cpu_count() < 2:
        sys.exit("compare.py: needs two processors, one for the server and one for the generator")
    works = WORKS
    if asked.works:
        names = asked.works.split(",")
        unknown = set(names) - {work.name for work in WORKS}
        if unknown:
            sys.exit(f"compare.py: no such work: {', '.join(sorted(unknown))}")
        works = [work for work in WORKS if work.name in names]
    if asked.servers:
        for work in works:
            work.servers = tuple(name for name in work.servers if name in asked.servers.split(","))
        works = [work for work in works if work.servers]
    raise_limits()
    asked.out.mkdir(parents=True, exist_ok=True)
    figures = Figures()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(asked, Path(scratch))
        try:
            run_rounds(bench, works, asked.rounds, figures)
        except KeyboardInterrupt:
            print("interrupted: what is known so far", file=sys.stderr)
    outcomes = report.judge_all(works, figures, partial=len(works) < len(WORKS))
    text = report.markdown(works, figures, outcomes, bench.commands, asked)
    print(text)
    name = time.strftime("compare-%Y%m%d-%H%M%S")
    (asked.out / f"{name}.md").write_text(text + "\n")
    (asked.out / f"{name}.json").write_text(
        report.as_json(figures, outcomes, bench.commands, asked))
    print(f"written: {asked.out / name}.md and .json", file=sys.stderr)
    return 0 if all(outcome.met for _, outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
