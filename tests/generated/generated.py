#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that pages generated from the code, or naming parts of it, are current.

usage: generated.py configuration WAGGLE PAGE    PAGE is the output of print-config --markdown
       generated.py named-tests ROOT PAGE        every test that PAGE names exists
       generated.py self-test
"""

import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# `Swarm.JoinPastTheLimitIsRefused`, and a path below tests/, both in backticks.
# (`Suite.Test` itself stands for any test.)
NAMED_TEST = re.compile(r"`(?!Suite\.Test`)([A-Z]\w*)\.([A-Z]\w*)`")
NAMED_FILE = re.compile(r"`(tests/[\w./-]+)`")
# A bare file name in backticks is a file of the browser and client tests.
NAMED_E2E_FILE = re.compile(r"`([\w-]+(?:\.[\w-]+)*\.(?:mjs|cjs|js|html))`")
DEFINED_TEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def check_configuration(program, page):
    want = subprocess.run(
        [program, "print-config", "--markdown"], check=True, capture_output=True, text=True
    ).stdout
    have = Path(page).read_text(encoding="utf-8")
    if not want.strip():
        return ["print-config --markdown printed nothing"]
    if have == want:
        return []
    difference = difflib.unified_diff(
        have.splitlines(), want.splitlines(), page, "print-config --markdown", lineterm=""
    )
    return list(difference) + [f"write it anew: {program} print-config --markdown > {page}"]


def defined_tests(root):
    names = set()
    for source in sorted((root / "tests").rglob("*.cpp")):
        code = COMMENT.sub(" ", source.read_text(encoding="utf-8"))
        names.update(DEFINED_TEST.findall(code))
    return names


def check_named_tests(root, page):
    root = Path(root)
    text = (root / page).read_text(encoding="utf-8")
    defined = defined_tests(root)
    tests = NAMED_TEST.findall(text)
    problems = [
        f"{page}: no test {suite}.{name}"
        for suite, name in sorted(set(tests))
        if (suite, name) not in defined
    ]
    files = sorted(set(NAMED_FILE.findall(text)))
    files += [f"tests/e2e/{name}" for name in sorted(set(NAMED_E2E_FILE.findall(text)))]
    problems += [f"{page}: no file {name}" for name in files if not (root / name).exists()]
    if not tests:
        problems.append(f"{page} names no test")
    print(f"{page}: {len(set(tests))} tests and {len(files)} files named")
    return problems


def self_test():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "tests/e2e").mkdir(parents=True)
        (root / "tests/e2e/pair.test.mjs").write_text("")
        (root / "tests/a.cpp").write_text(
            "TEST(Swarm, Joins) {}\nTEST_F(\n    Swarm,\n    Leaves) {}\n// TEST(Swarm, Gone) {}\n"
        )
        cases = [
            ("`Swarm.Joins` and `Swarm.Leaves`, `tests/e2e/pair.test.mjs`, `pair.test.mjs`", 0),
            ("`Swarm.Joined`", 1),
            ("`Swarm.Gone` is only in a comment", 1),
            ("`Swarm.Joins` in `tests/e2e/none.test.mjs` and `none.test.mjs`", 2),
            ("nothing at all", 1),
            ("`Suite.Test` stands for `Swarm.Joins`", 0),
        ]
        for text, want in cases:
            (root / "page.md").write_text(text)
            found = check_named_tests(root, "page.md")
            if len(found) != want:
                wrong.append(f"{text!r}: expected {want} problems, found {found}")

        program = root / "program"
        program.write_text('#!/bin/sh\n[ "$1 $2" = "print-config --markdown" ] && echo "a table"\n')
        program.chmod(0o755)
        for text, want in (("a table\n", True), ("an old table\n", False)):
            (root / "page.md").write_text(text)
            if (not check_configuration(str(program), str(root / "page.md"))) != want:
                wrong.append(f"configuration page {text!r} was judged wrongly")
    return wrong


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "configuration":
        problems = check_configuration(arguments[1], arguments[2])
    elif len(arguments) == 3 and arguments[0] == "named-tests":
        problems = check_named_tests(arguments[1], arguments[2])
    elif arguments == ["self-test"]:
        problems = self_test()
    else:
        sys.exit(__doc__)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
