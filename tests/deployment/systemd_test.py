# SPDX-License-Identifier: Apache-2.0
"""The unit, as far as systemd judges it without running it; tests/package runs it."""

import re
import tempfile
import unittest
from pathlib import Path

from checkout import ROOT, WAGGLE, run, seconds

UNIT = ROOT / "config/systemd/waggle.service"
EXPOSURE_MAX = 1.2  # of 10, by systemd's own reckoning; 1.1 with systemd 252


def values(name):
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


class Unit(unittest.TestCase):
    def test_systemd_finds_no_mistake(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = Path(folder) / UNIT.name
            # Here the program lies elsewhere, and the folder of its documentation is missing.
            text = UNIT.read_text(encoding="utf-8").replace("/usr/bin/waggle", str(WAGGLE))
            unit.write_text(text, encoding="utf-8")
            done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit)
        self.assertEqual(done.stdout + done.stderr, "")

    def test_exposure_stays_low(self):
        done = run("systemd-analyze", "security", "--offline=true", "--no-pager",
                   f"--threshold={round(EXPOSURE_MAX * 10)}", UNIT, check=False)
        (score,) = re.findall(r"exposure level for \S+: ([\d.]+)", done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertLessEqual(float(score), EXPOSURE_MAX)

    def test_program_takes_the_command_lines(self):
        for line in values("ExecStart") + values("ExecReload")[:1]:
            words = line.split()
            self.assertEqual(words[0], "/usr/bin/waggle")
            command = words[1] if words[1:] and not words[1].startswith("-") else "serve"
            said = run(WAGGLE, command, "--help").stdout
            for flag in (word for word in words if word.startswith("--")):
                self.assertIn(flag, said)
        self.assertEqual(values("ExecReload")[-1], "/bin/sh -c 'kill -HUP $MAINPID'")

    def test_clients_have_descriptors_and_time_to_leave(self):
        self.assertGreaterEqual(int(values("LimitNOFILE")[0]), 262144)
        self.assertGreater(seconds(values("TimeoutStopSec")[0]), 5 + 2)

    def test_facts_are_kept_where_the_unit_may_write(self):
        self.assertEqual(values("StateDirectory"), ["waggle"])
        text = (ROOT / "config/debian/waggle.json").read_text(encoding="utf-8")
        self.assertIn('"url": "sqlite:/var/lib/waggle/waggle.db"', text)
        run(WAGGLE, "check-config", "--config", ROOT / "config/debian/waggle.json")


if __name__ == "__main__":
    unittest.main()
