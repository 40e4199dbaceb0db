# SPDX-License-Identifier: Apache-2.0
"""What tests/load/compare.py measures, and what the figures have to be.

WORKS is what is done to which servers; GOALS is what has to come of it. A figure is the median over
the rounds, a ratio the median of the ratios within each round: the machine is another one an hour
later, so nothing is compared across rounds.
"""
from dataclasses import dataclass, field
from typing import Callable

from servers import UNMETERED

# The limits of Waggle that are raised for the comparison, as `section.key=value`. All others, and
# every timer and policy, are at their defaults.
WAGGLE_SETTINGS = []

FLOOR, WAGGLE, BITTORRENT, AQUATIC = "floor", "waggle", "bittorrent-tracker", "aquatic_ws"
WAGGLE_TLS, AQUATIC_TLS = "waggle wss", "aquatic_ws wss"
# Not pinned to a processor, and neither is the generator then.
WAGGLE_FREE, WAGGLE_FREE_2 = "waggle, 1 core", "waggle, 2 cores"
# No server: waggle_bench, whose figures are by the names of its benchmarks.
IN_PROCESS = "in process"

CPU = ("server", "cpu_us_per_message")
RSS = ("server", "rss_bytes_per_connection")
OFFER_P99 = ("rtt_us", "offer", "p99")


@dataclass
class Work:
    """One kind of load. `share_of` names a work whose rate of Waggle, times `share`, is offered."""
    name: str
    what: str
    servers: tuple
    arguments: list
    rounds_max: int = 1000
    seconds: float = 0  # 0: as asked on the command line
    share_of: str = ""
    share: float = 0.5
    kind: str = "load"  # which function of compare.py runs it
    table: str = "traffic"  # of the report: traffic, memory, other
    settings: tuple = ()    # of Waggle, beside WAGGLE_SETTINGS


K10 = ["fair", "--connections", 1000, "--swarms", 50, "--offers", 10]
SATURATED = ["--in-flight", 64]
TESTER_SECONDS = 15
MANY = "1000000"
PARTS = (f"^whole_announce(_alone)?/(members|swarms):(1000|{MANY})/offers:(0|10)$"
         f"|^(fill_and_empty|expire)/(one_swarm|swarms_of_one)/{MANY}/")

WORKS = [
    Work("k10", "1,000 connections, 64 announces with 10 offers in flight, all answered",
         (FLOOR, WAGGLE, AQUATIC, BITTORRENT), [*K10, *SATURATED]),
    Work("k10 fixed", "the same at 300 announces/s: 9,000 messages/s",
         (FLOOR, WAGGLE, AQUATIC, BITTORRENT), [*K10, "--rate", 300]),
    Work("k0", "announces without offers, 64 in flight", (FLOOR, WAGGLE, AQUATIC, BITTORRENT),
         ["fair", "--connections", 1000, "--swarms", 50, "--offers", 0, *SATURATED]),
    Work("cores", "k10 on one core and on two, server and generator free to use both processors",
         (WAGGLE_FREE, WAGGLE_FREE_2), [*K10, *SATURATED]),
    Work("k10 wss", "k10 over TLS", (WAGGLE_TLS, AQUATIC_TLS), [*K10, *SATURATED, "--tls"]),
    Work("half", "k10 at half of the announces that Waggle took saturated", (FLOOR, WAGGLE), K10,
         share_of="k10"),
    Work("storm", "10,000 newcomers at once while k10 goes on", (WAGGLE,),
         ["churn", "--connections", 10_000, "--swarms", 500, "--seconds", 1, "--warm-seconds", 0],
         rounds_max=3, seconds=12, table="other", kind="storm"),
    Work("rss ws", "10,000 connections, each announced 5 offers, all answered", (WAGGLE,),
         ["idle", "--connections", 10_000, "--swarms", 500], rounds_max=3, table="memory"),
    Work("rss heavy", "18,000 connections, k10 saturated", (WAGGLE,),
         ["fair", "--connections", 18_000, "--processes", 2, "--swarms", 500, "--offers", 10,
          *SATURATED], rounds_max=3, table="memory", seconds=10),
    Work("rss wss", "5,000 connections over TLS, each announced 5 offers, all answered",
         (WAGGLE_TLS,), ["idle", "--tls", "--connections", 5_000, "--swarms", 250],
         rounds_max=3, table="memory"),
    Work("handshakes", "TLS handshakes, 8 at a time", (WAGGLE_TLS,), ["handshakes"],
         rounds_max=5, table="other"),
    Work("resumptions", "the same, resumed", (WAGGLE_TLS,), ["handshakes", "--resume"],
         rounds_max=5, table="other"),
    Work("tester 16", "aquatic_ws_load_test, 16 connections", (WAGGLE_TLS, AQUATIC_TLS), [16],
         rounds_max=3, seconds=TESTER_SECONDS, table="other", kind="tester", settings=UNMETERED),
    Work("tester 1000", "aquatic_ws_load_test, 1,000 connections", (WAGGLE_TLS, AQUATIC_TLS),
         [1000], rounds_max=3, seconds=TESTER_SECONDS, table="other", kind="tester",
         settings=UNMETERED),
    Work("parts", "a million memberships, in one swarm and in as many, beside a thousand",
         (IN_PROCESS,), [f"--benchmark_filter={PARTS}"], rounds_max=3, kind="bench", table="none"),
]


@dataclass
class Outcome:
    """What came of a goal: what was measured, as text, and whether it is reached."""
    measured: str
    met: bool


class Missing(Exception):
    """A figure that a goal needs and that no round gave."""


@dataclass
class Figures:
    """The cells of all rounds: cells[work, server][round] is what the load said, or has `error`."""
    cells: dict = field(default_factory=dict)

    def add(self, work, server, cell):
        self.cells.setdefault((work, server), []).append(cell)

    def values(self, work, server, path):
        """One value a round; None where there is none."""
        return [dig(cell, path) for cell in self.cells.get((work, server), [])]

    def known(self, work, server, path):
        found = [value for value in self.values(work, server, path) if value is not None]
        if not found:
            raise Missing(self.problem(work, server))
        return found

    def ratios(self, of, to, path, path_of=None):
        """Within the rounds; `of` and `to` are (work, server)."""
        pairs = zip(self.values(*of, path_of or path), self.values(*to, path))
        found = [one / other for one, other in pairs if one is not None and other]
        if not found:
            raise Missing("; ".join(filter(None, map(lambda cell: self.problem(*cell), (of, to))))
                          or "never both in one round")
        return found

    def problem(self, work, server):
        cells = self.cells.get((work, server), [])
        if not cells:
            return f"{server}, {work}: not measured"
        errors = [cell["error"] for cell in cells if "error" in cell]
        return f"{server}, {work}: {errors[0]}" if errors else ""

    def wrong(self, work, server):
        """What must never happen, over all rounds."""
        return sum(dig(cell, ("errors", kind)) or 0 for cell in self.cells.get((work, server), [])
                   for kind in ("misrouted", "duplicate", "to_self"))


def dig(cell, path):
    for key in path:
        if not isinstance(cell, dict) or cell.get(key) is None:
            return None
        cell = cell[key]
    return cell


def quantile(values, share):
    """By linear interpolation between the two nearest."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(values):
    return quantile(values, 0.5)


def spread(values, digits=2, unit=""):
    """The median, and between which values nine of ten rounds are."""
    if len(values) == 1:
        return f"{values[0]:,.{digits}f}{unit}"
    low, middle, high = (quantile(values, share) for share in (0.05, 0.5, 0.95))
    return f"{middle:,.{digits}f}{unit} [{low:,.{digits}f}, {high:,.{digits}f}]"


# --- goals ----------------------------------------------------------------------------------------
# Each takes the figures and returns an Outcome, or raises Missing.

def at_most(bound, of, to, path=CPU):
    """A ratio."""
    def judge(figures):
        found = figures.ratios(of, to, path)
        return Outcome(f"{spread(found)} x", median(found) <= bound and not figures.wrong(*of))
    return judge


def value_at_most(bound, work, server, path, divisor=1, unit="", digits=2):
    def judge(figures):
        found = [value / divisor for value in figures.known(work, server, path)]
        return Outcome(spread(found, digits, unit), median(found) <= bound)
    return judge


def both(first, second):
    def judge(figures):
        one, other = first(figures), second(figures)
        return Outcome(f"{one.measured}; {other.measured}", one.met and other.met)
    return judge


def system_share(figures):
    found = [100 * share for share in figures.known("k10", FLOOR, ("system_share",))]
    return Outcome(spread(found, 0, " %"), median(found) >= 75)


def half_of_saturation(figures):
    found = [value / 1000 for value in figures.known("half", WAGGLE, OFFER_P99)]
    busy = 100 * median(figures.known("half", WAGGLE, ("server_busy",)))
    beside = figures.ratios(("half", WAGGLE), ("half", FLOOR), OFFER_P99)
    text = f"{spread(found)} ms, the server {busy:.0f} % busy; {spread(beside)} x floor"
    return Outcome(text, median(found) <= 2)


def storm(figures):
    ready = figures.known("storm", WAGGLE, ("ready_ms",))
    joined = figures.known("storm", WAGGLE, ("joined",))
    slower = figures.ratios(("storm", WAGGLE), ("k10", WAGGLE), OFFER_P99,
                            path_of=("established", *OFFER_P99))
    text = (f"{min(joined):,} joined, the last after {spread([ms / 1000 for ms in ready])} s; "
            f"p99 of offers {spread(slower)} x")
    return Outcome(text, min(joined) == 10_000 and max(ready) <= 10_000 and median(slower) <= 3)


def handshakes(figures):
    def rate(work):
        return figures.known(work, WAGGLE_TLS, ("per_core_second",))
    full, resumed = rate("handshakes"), rate("resumptions")
    times = [one / other for one, other in zip(resumed, full)]
    return Outcome(f"{median(full):,.0f} / {median(resumed):,.0f}; {spread(times)} x",
                   median(times) >= 4)


def tester(work):
    def judge(figures):
        def middle(server, *path):
            return median(figures.known(work, server, path))
        times = figures.ratios((work, WAGGLE_TLS), (work, AQUATIC_TLS), ("responses_per_second",))
        rates, connected, cpu = ([middle(server, name) for server in (WAGGLE_TLS, AQUATIC_TLS)]
                                 for name in ("responses_per_second", "connected",
                                              "cpu_us_per_response"))
        peak = max(figures.known(work, WAGGLE_TLS, ("rss_peak_bytes",)))
        budget = max(figures.known(work, WAGGLE_TLS, ("rss_budget_bytes",)))
        text = (f"{rates[0]:,.0f} / {rates[1]:,.0f} responses/s, {spread(times)} x, with "
                f"{connected[0]:,.0f} / {connected[1]:,.0f} connected; CPU {cpu[0]:.1f} / "
                f"{cpu[1]:.1f} us a response; RSS at most {peak / 2**20:,.0f} MiB of "
                f"{budget / 2**20:,.0f}")
        return Outcome(text, median(times) >= 2 and peak <= budget)
    return judge


def many_beside_few(offers):
    """CPU of an announce at a million memberships, beside that at a thousand."""
    cell = ("parts", IN_PROCESS)
    shapes = (("one swarm", "whole_announce/members"),
              ("swarms of one", "whole_announce_alone/swarms"))

    def judge(figures):
        times = [figures.ratios(cell, cell, (f"{name}:1000/offers:{offers}", "cpu_us"),
                                path_of=(f"{name}:{MANY}/offers:{offers}", "cpu_us"))
                 for _, name in shapes]
        text = "; ".join(f"{what} {spread(each)} x" for (what, _), each in zip(shapes, times))
        return Outcome(text, all(median(each) <= 1.5 for each in times))
    return judge


def part_at_most(bound, part, figure, unit, digits):
    """The same of both shapes: a million memberships in one swarm, and in as many."""
    def judge(figures):
        found = [figures.known("parts", IN_PROCESS, (f"{part}/{shape}/{MANY}/iterations:1", figure))
                 for shape in ("one_swarm", "swarms_of_one")]
        text = "; ".join(f"{what} {spread(each, digits, unit)}"
                         for what, each in zip(("one swarm", "swarms of one"), found))
        return Outcome(text, all(median(each) <= bound for each in found))
    return judge


@dataclass
class Goal:
    what: str
    goal: str
    judge: Callable


GOALS = [
    Goal("the floor's share of system time, k10", ">= 75 %", system_share),
    Goal("k10 saturated, 1 core, CPU", "<= 1.25 x floor",
         at_most(1.25, ("k10", WAGGLE), ("k10", FLOOR))),
    Goal("... stretch", "<= 1.0 x floor", at_most(1.0, ("k10", WAGGLE), ("k10", FLOOR))),
    Goal("k10 at 9,000 msgs/s: CPU; offer p99", "<= 1.25 x floor; <= 2 x floor",
         both(at_most(1.25, ("k10 fixed", WAGGLE), ("k10 fixed", FLOOR)),
              at_most(2, ("k10 fixed", WAGGLE), ("k10 fixed", FLOOR), OFFER_P99))),
    Goal("announce without offers, CPU", "<= 1.35 x floor",
         at_most(1.35, ("k0", WAGGLE), ("k0", FLOOR))),
    Goal("2 cores, swarms spread, CPU", "<= 1.2 x 1 core",
         at_most(1.2, ("cores", WAGGLE_FREE_2), ("cores", WAGGLE_FREE))),
    Goal("k10 beside aquatic_ws, CPU", "<= 0.25 x",
         at_most(0.25, ("k10", WAGGLE), ("k10", AQUATIC))),
    Goal("k10 beside bittorrent-tracker, CPU", "<= 0.11 x",
         at_most(1 / 9, ("k10", WAGGLE), ("k10", BITTORRENT))),
    Goal("k10 over wss, CPU", "<= 1.8 x ws",
         at_most(1.8, ("k10 wss", WAGGLE_TLS), ("k10", WAGGLE))),
    Goal("k10 over wss beside aquatic_ws, CPU", "<= 0.33 x",
         at_most(1 / 3, ("k10 wss", WAGGLE_TLS), ("k10 wss", AQUATIC_TLS))),
    Goal("RSS per connection, 10,000 ws after 5 offers each", "<= 2 KB",
         value_at_most(2, "rss ws", WAGGLE, RSS, 1024, " KB")),
    Goal("RSS per connection, 18,000 ws after the heavy mix", "<= 3 KB",
         value_at_most(3, "rss heavy", WAGGLE, RSS, 1024, " KB")),
    Goal("RSS per connection, 5,000 wss after 5 offers each", "<= 17 KB",
         value_at_most(17, "rss wss", WAGGLE_TLS, RSS, 1024, " KB")),
    Goal("relay RTT p99 at half of saturation", "<= 2 ms",
         half_of_saturation),
    Goal("10,000 newcomers while saturated", "all within 10 s; p99 <= 3 x", storm),
    Goal("wss handshakes per core-second, full / resumed", "resumed >= 4 x full", handshakes),
    Goal("aquatic_ws_load_test, 16 connections, ours / aquatic's", ">= 2 x, RSS bounded",
         tester("tester 16")),
    Goal("aquatic_ws_load_test, 1,000 connections, ours / aquatic's", ">= 2 x, RSS bounded",
         tester("tester 1000")),
    Goal("1M memberships in process, CPU per announce with 10 offers", "<= 1.5 x that at 1k",
         many_beside_few(10)),
    Goal("... without offers", "<= 1.5 x that at 1k", many_beside_few(0)),
    Goal("bytes per membership at 1M", "<= 160",
         part_at_most(160, "fill_and_empty", "bytes_a_membership", " B", 0)),
    Goal("expiry of 1M memberships, the longest turn of the shard", "<= 2 ms",
         part_at_most(2, "expire", "longest_turn_ms", " ms", 2)),
]


def judge(goal, figures):
    try:
        return goal.judge(figures)
    except Missing as missing:
        return Outcome(str(missing), False)
