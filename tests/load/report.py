# SPDX-License-Identifier: Apache-2.0
"""How tests/load/compare.py says what it has found: Markdown for people, JSON for programs."""
import json
import os
import platform
import re
import subprocess
import time
from pathlib import Path

from goals import (CPU, FLOOR, GOALS, WAGGLE, WAGGLE_FREE, WAGGLE_SETTINGS, WAGGLE_TLS, Missing,
                   dig, judge, median, spread)


def brief(cell):
    """One cell in some words."""
    if "error" in cell:
        return f"NOT MEASURED: {cell['error']}"
    said = [(CPU, "{:.2f} us"), (("useful_per_second",), "{:,.0f} msgs/s"),
            (("responses_per_second",), "{:,.0f} responses/s"),
            (("per_core_second",), "{:,.0f} a core-second"),
            (("server", "rss_bytes_per_connection"), "{:,} B a connection")]
    return ", ".join(form.format(dig(cell, path)) for path, form in said
                     if dig(cell, path) is not None)


def judge_all(works, figures, partial):
    """The goals with their outcomes. partial: leave out those whose figures nobody asked for."""
    outcomes = [(goal, judge(goal, figures)) for goal in GOALS]
    if partial:
        outcomes = [(goal, outcome) for goal, outcome in outcomes
                    if not outcome.measured.endswith("not measured")]
    return outcomes


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |")
    return "\n".join(lines)


def goals_table(outcomes):
    return table(("what", "goal", "measured", ""),
                 [(goal.what, goal.goal, outcome.measured, "met" if outcome.met else "**not met**")
                  for goal, outcome in outcomes])


def optional(make):
    try:
        return make()
    except Missing:
        return ""


class Row:
    """The figures of one server at one work, as text; empty where there are none."""

    def __init__(self, work, server, figures):
        self.work, self.server, self.figures = work, server, figures
        self.cells = figures.cells.get((work.name, server), [])
        self.good = [cell for cell in self.cells if "error" not in cell]

    def of(self, path, digits=0, scale=1.0):
        return optional(lambda: spread([value * scale for value in self.known(path)], digits))

    def known(self, path):
        return self.figures.known(self.work.name, self.server, path)

    def times(self, other):
        if other is None or other == self.server or other not in self.work.servers:
            return ""
        return optional(lambda: spread(self.figures.ratios(
            (self.work.name, self.server), (self.work.name, other), CPU)))

    def p50_p99(self, kind):
        found = [optional(lambda: median(self.known(("rtt_us", kind, share))))
                 for share in ("p50", "p99")]
        return " / ".join(f"{value:,.0f}" for value in found) if any(found) else ""

    def lowest(self):
        return optional(lambda: f"{min(self.known(CPU)):.2f}")

    def remarks(self):
        kinds = ("misrouted", "lost", "duplicate", "to_self", "closed", "failures")
        counts = {kind: sum(dig(cell, ("errors", kind)) or 0 for cell in self.good)
                  for kind in kinds}
        counts["shed by Waggle"] = sum(cell.get("shed", 0) for cell in self.good)
        said = [f"{kind} {count:,}" for kind, count in counts.items() if count]
        if len(self.good) < len(self.cells):
            said.append(self.figures.problem(self.work.name, self.server))
        return "; ".join(said)


def rows(works, figures, tables):
    return [Row(work, server, figures) for work in works if work.table in tables
            for server in work.servers]


def traffic_table(works, figures):
    heads = ("work", "server", "CPU us / message", "min", "x floor", "x Waggle", "messages/s",
             "reply p50 / p99 us", "offer p50 / p99 us", "system %", "busy %", "rounds", "remarks")

    def cells(row):
        ours = [name for name in (WAGGLE, WAGGLE_TLS, WAGGLE_FREE) if name in row.work.servers]
        return (row.work.name, row.server, row.of(CPU, 2), row.lowest(), row.times(FLOOR),
                row.times(ours[0] if ours else None), row.of(("useful_per_second",)),
                row.p50_p99("reply"), row.p50_p99("offer"), row.of(("system_share",), 0, 100),
                row.of(("server_busy",), 0, 100), len(row.good), row.remarks())
    return table(heads, map(cells, rows(works, figures, ("traffic",))))


def other_table(works, figures):
    heads = ("work", "server", "RSS bytes / connection", "all joined after ms",
             "handshakes / core-second", "responses/s", "connected", "CPU us / response", "rounds",
             "remarks")
    paths = (("ready_ms",), ("per_core_second",), ("responses_per_second",), ("connected",))

    def cells(row):
        memory = ("server", "rss_bytes_per_connection") if row.work.table == "memory" else ("none",)
        return (row.work.name, row.server, row.of(memory), *map(row.of, paths),
                row.of(("cpu_us_per_response",), 1), len(row.good), row.remarks())
    return table(heads, map(cells, rows(works, figures, ("memory", "other"))))


def machine():
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.*)", text)
    return f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors"


def revision():
    found = subprocess.run(["git", "describe", "--always", "--dirty"], text=True, check=False,
                           capture_output=True, cwd=Path(__file__).parent)
    return found.stdout.strip() or "unknown"


def context(asked):
    return {"date": time.strftime("%Y-%m-%d %H:%M"), "machine": machine(),
            "kernel": platform.release(), "revision": revision(), "rounds": asked.rounds,
            "seconds": asked.seconds, "server_cpus": asked.server_cpus,
            "generator_cpus": asked.generator_cpus, "waggle_settings": WAGGLE_SETTINGS}


def markdown(works, figures, outcomes, commands, asked):
    facts = context(asked)
    raised = ", ".join(f"`--set {one}`" for one in WAGGLE_SETTINGS) or "none, all at their defaults"
    lines = [
        f"{facts['date']}, {facts['machine']}, Linux {facts['kernel']}, revision "
        f"{facts['revision']}. {asked.rounds} rounds, {asked.seconds:g} s a cell, server on "
        f"processor {asked.server_cpus}, generator on {asked.generator_cpus}. Medians "
        "[5 %, 95 % of the rounds]; ratios are within a round. CPU is the server's user and system "
        "time per useful message: a frame received, a relayed offer or answer, one reply an "
        "announce.",
        "", f"Limits of Waggle that were raised: {raised}.", "", goals_table(outcomes), "",
        traffic_table(works, figures), "",
        other_table(works, figures), "", "What the works are:", ""]
    lines += [f"- {work.name}: {work.what}" for work in works]
    lines += ["", "Commands, server & generator:", "", "```"]
    lines += [f"{work}: {command}" for (work, _), command in commands.items()]
    return "\n".join([*lines, "```"])


def as_json(figures, outcomes, commands, asked):
    return json.dumps({
        "context": context(asked),
        "goals": [{"what": goal.what, "goal": goal.goal, "measured": outcome.measured,
                   "met": outcome.met} for goal, outcome in outcomes],
        "commands": [{"work": work, "server": server, "command": command}
                     for (work, server), command in commands.items()],
        "cells": [{"work": work, "server": server, "rounds": cells}
                  for (work, server), cells in figures.cells.items()]}, indent=1) + "\n"
