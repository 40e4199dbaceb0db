# SPDX-License-Identifier: Apache-2.0
"""The alert rules: promtool reads them, and runs alerts_test.yml, which leaves none out."""

import unittest
from collections import Counter

from checkout import ROOT, read_yaml, run

FOLDER = ROOT / "docker/prometheus"


class Rules(unittest.TestCase):
    def setUp(self):
        groups = read_yaml("docker/prometheus/alerts.yml")["groups"]
        self.rules = [rule for group in groups for rule in group["rules"]]

    def test_promtool_accepts_the_configuration_and_its_rules(self):
        said = run("promtool", "check", "config", FOLDER / "prometheus.yml").stdout
        self.assertIn(f"{len(self.rules)} rules found", said)

    def test_each_alert_fires_on_its_series_and_not_on_a_healthy_one(self):
        run("promtool", "test", "rules", ROOT / "tests/deployment/alerts_test.yml")

    def test_no_alert_is_left_out_of_these_series(self):
        tests = read_yaml("tests/deployment/alerts_test.yml")["tests"]
        fires, keeps_still = Counter(), Counter()
        for test in tests:
            for case in test["alert_rule_test"]:
                if test["name"] == "healthy":
                    self.assertEqual(case["exp_alerts"], [], case)
                    keeps_still[case["alertname"]] += 1
                elif case["exp_alerts"]:
                    fires[case["alertname"]] += 1
        names = {rule["alert"] for rule in self.rules}
        self.assertEqual(set(fires), names)
        self.assertEqual(set(keeps_still), names)

    def test_every_alert_says_how_bad_it_is_and_what_is_wrong(self):
        for rule in self.rules:
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"), rule)
            self.assertIn("{{ $labels.instance }}", rule["annotations"]["summary"], rule)


if __name__ == "__main__":
    unittest.main()
