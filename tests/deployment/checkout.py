# SPDX-License-Identifier: Apache-2.0
"""The files under test, the built programs, and how to run something."""

import os
import subprocess
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ["WAGGLE_BUILD"])
WAGGLE = BUILD / "waggle"
PATIENCE = 30  # seconds that anything has that takes a moment


def run(*command, check=True, **options):
    """What a command said and how it ended; a failure if it failed."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def read_yaml(path):
    """The one document of a file."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def eventually(question, what, patience=PATIENCE):
    """The first answer that is true; a failure after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited for {patience} s: {what() if callable(what) else what}")
        time.sleep(0.1)


def seconds(text):
    """Of a duration of systemd, compose or the server's configuration: "30s", "30", 30."""
    return float(str(text).rstrip("s"))
