# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of this folder, or those that are named. run.sh calls it."""

import signal
import sys
import unittest
from pathlib import Path


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupt)
    loader = unittest.defaultTestLoader
    chosen = sys.argv[1:]
    tests = (loader.loadTestsFromNames(chosen) if chosen
             else loader.discover(str(Path(__file__).parent), pattern="*_test.py"))
    result = unittest.TextTestRunner(verbosity=2).run(tests)
    bad = len(result.failures) + len(result.errors)
    print(f"deployment: {result.testsRun - bad} passed, {bad} failed")
    sys.exit(0 if bad == 0 and result.testsRun > 0 else 1)


if __name__ == "__main__":
    main()
