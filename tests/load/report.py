# SPDX-License-Identifier: Apache-2.0
"""How tests/load/compare.py says what it has found: Markdown for people, JSON for programs."""
import json
import platform
import re
import subprocess
import time
from pathlib import Path

from goals import (CPU, FLOOR, GOALS, WAGGLE, WAGGLE_FREE, WAGGLE_SETTINGS, WAGGLE_TLS, Missing, dig,
                   judge, median, spread)


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
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
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


def row(work, server, figures):
    """The figures of one server at one work, over the rounds."""
    def of(path, digits=0, scale=1.0):
        return optional(lambda: spread([value * scale for value in
                                        figures.known(work.name, server, path)], digits))

    def middle(path):
        return optional(lambda: f"{median(figures.known(work.name, server, path)):,.0f}")

    def times(other):
        if other == server or other not in work.servers:
            return ""
        return optional(lambda: spread(figures.ratios((work.name, server), (work.name, other), CPU)))

    def p50_p99(kind):
        found = [middle(("rtt_us", kind, share)) for share in ("p50", "p99")]
        return " / ".join(found) if all(found) else ""

    ours = [name for name in (WAGGLE, WAGGLE_TLS, WAGGLE_FREE) if name in work.servers]
    cells = figures.cells.get((work.name, server), [])
    good = [cell for cell in cells if "error" not in cell]
    mistakes = {kind: sum(dig(cell, ("errors", kind)) or 0 for cell in good)
                for kind in ("misrouted", "lost", "duplicate", "to_self", "closed", "failures")}
    remarks = [f"{kind} {count:,}" for kind, count in mistakes.items() if count]
    if len(good) < len(cells):
        remarks.append(figures.problem(work.name, server))
    lowest = optional(lambda: f"{min(figures.known(work.name, server, CPU)):.2f}")
    return (work.name, server, of(CPU, 2), lowest, times(FLOOR), times(ours[0]) if ours else "",
            of(("useful_per_second",)) or of(("responses_per_second",)), p50_p99("reply"),
            p50_p99("offer"), of(("system_share",), 0, 100), len(good), "; ".join(remarks))


def figures_table(works, figures):
    heads = ("work", "server", "CPU us / message", "min", "x floor", "x Waggle", "messages/s",
             "reply p50 / p99 us", "offer p50 / p99 us", "system %", "rounds", "remarks")
    return table(heads, [row(work, server, figures) for work in works for server in work.servers
                         if work.kind != "tester"])


def machine():
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.*)", text)
    return f"{model.group(1) if model else platform.machine()}, {text.count('processor')} processors"


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
        f"{facts['revision']}; {asked.rounds} rounds, {asked.seconds:g} s a cell, server on "
        f"processor {asked.server_cpus}, generator on {asked.generator_cpus}. Medians "
        "[5 %, 95 % of the rounds]; ratios are within a round. CPU is the server's user and system "
        "time per useful message: a frame received, a relayed offer or answer, one reply an announce.",
        "", f"Limits of Waggle that were raised: {raised}.", "", goals_table(outcomes), "",
        figures_table(works, figures), "", "What the works are:", ""]
    lines += [f"- {work.name}: {work.what}" for work in works]
    lines += ["", "Commands, [server] generator:", "", "```"]
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
