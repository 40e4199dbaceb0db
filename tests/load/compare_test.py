#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the comparison computes and judges; no server is started."""
import argparse
import unittest

import report
from compare import read_bench, read_report
from goals import (CPU, FLOOR, GOALS, OFFER_P99, WAGGLE, WORKS, Figures, Missing, at_most, judge,
                   IN_PROCESS, quantile, spread)


def cell(microseconds, p99=100, **errors):
    return {"server": {"cpu_us_per_message": microseconds}, "rtt_us": {"offer": {"p99": p99}},
            "errors": errors}


def rounds(waggle, floor):
    figures = Figures()
    for one, other in zip(waggle, floor):
        figures.add("k10", WAGGLE, one)
        figures.add("k10", FLOOR, other)
    return figures


class Comparison(unittest.TestCase):
    def test_quantiles_are_interpolated(self):
        self.assertEqual(quantile([4, 1, 3, 2], 0.5), 2.5)
        self.assertEqual(quantile([7], 0.95), 7)
        self.assertEqual(spread([1, 2, 3]), "2.00 [1.10, 2.90]")

    def test_ratios_are_taken_within_rounds(self):
        figures = rounds([cell(2), cell(40)], [cell(1), cell(10)])
        self.assertEqual(figures.ratios(("k10", WAGGLE), ("k10", FLOOR), CPU), [2, 4])

    def test_a_round_that_lacks_one_of_both_is_left_out(self):
        figures = rounds([cell(2), {"error": "broke"}, cell(9)], [cell(1), cell(1), cell(3)])
        self.assertEqual(figures.ratios(("k10", WAGGLE), ("k10", FLOOR), CPU), [2, 3])

    def test_a_goal_is_met_up_to_its_bound(self):
        goal = at_most(1.25, ("k10", WAGGLE), ("k10", FLOOR))
        self.assertTrue(goal(rounds([cell(5)], [cell(4)])).met)
        self.assertFalse(goal(rounds([cell(5.1)], [cell(4)])).met)
        slow = at_most(2, ("k10", WAGGLE), ("k10", FLOOR), OFFER_P99)
        self.assertFalse(slow(rounds([cell(5, p99=900)], [cell(4)])).met)

    def test_who_sends_to_the_wrong_client_meets_no_goal(self):
        goal = at_most(1.25, ("k10", WAGGLE), ("k10", FLOOR))
        self.assertFalse(goal(rounds([cell(1, misrouted=1)], [cell(4)])).met)

    def test_a_report_of_errors_is_one(self):
        said = '{"errors": {"misrouted": 1}, "server": {}}\n'
        self.assertEqual(read_report(1, said, "")["errors"]["misrouted"], 1)
        with self.assertRaises(RuntimeError):
            read_report(2, "", "waggle-load: no server\n")

    def test_goals_of_the_parts_are_judged_by_both_shapes(self):
        def told(one, alone, few=1000):
            figures = Figures()
            names = {f"whole_announce{kind}:{count}/offers:10": time
                     for kind, at_many in (("/members", one), ("_alone/swarms", alone))
                     for count, time in ((1000, few), (1000000, at_many))}
            figures.add("parts", IN_PROCESS, read_bench({"benchmarks": [
                {"name": name, "cpu_time": time, "time_unit": "ns"} for name, time in names.items()]}))
            return figures
        goal = next(one for one in GOALS if one.what.endswith("CPU per announce with 10 offers"))
        self.assertTrue(judge(goal, told(1500, 1400)).met)
        self.assertFalse(judge(goal, told(1400, 1501)).met)
        self.assertFalse(judge(goal, told(1501, 1400)).met)
        self.assertIn("one swarm 1.20 x; swarms of one 1.30 x", judge(goal, told(1200, 1300)).measured)

    def test_a_benchmark_that_failed_is_an_error(self):
        with self.assertRaises(RuntimeError):
            read_bench({"benchmarks": [{"name": "x", "error_occurred": True, "error_message": "no"}]})

    def test_a_server_that_did_not_run_leaves_its_goal_unmet_and_says_why(self):
        figures = rounds([cell(5)], [{"error": "is not installed"}])
        goal = next(one for one in GOALS if one.what == "k10 saturated, 1 core, CPU")
        outcome = judge(goal, figures)
        self.assertFalse(outcome.met)
        self.assertIn("floor, k10: is not installed", outcome.measured)
        with self.assertRaises(Missing):
            figures.known("k10", FLOOR, CPU)

    def test_every_goal_can_be_judged_and_told_without_any_figure(self):
        asked = argparse.Namespace(rounds=1, seconds=1.0, server_cpus="0", generator_cpus="1")
        outcomes = report.judge_all(WORKS, Figures(), partial=False)
        self.assertFalse(any(outcome.met for _, outcome in outcomes))
        text = report.markdown(WORKS, Figures(), outcomes, {}, asked)
        self.assertEqual(text.count("**not met**"), len(GOALS))


if __name__ == "__main__":
    unittest.main()
