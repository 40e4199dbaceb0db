#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the #include lines of the tree and fails where docs/architecture.md is not kept.

usage: layering.py ROOT | layering.py --self-test
"""

import re
import sys
from pathlib import Path

# server/auth: tokens; its libraries of signatures and JSON have no I/O either.
PURE = ("protocol", "server/core", "server/session", "server/auth")

# What a part may include, itself apart. A part is a folder, or one of the files directly in server/.
BELOW_CORE = ("protocol",)
BELOW_SESSION = BELOW_CORE + ("server/core",)
BELOW_NET = BELOW_SESSION + ("server/session", "server/runtime", "server/metrics", "server/log")
BELOW_CORE_LOOP = BELOW_NET + ("server/net",)
INTERFACES = ("server/storage/fact.hpp", "server/storage/store.hpp", "server/cluster/bus.hpp")
MAY_INCLUDE = {
    "protocol": (),
    "config": ("protocol",),
    "server/core": BELOW_CORE,
    "server/session": BELOW_SESSION,
    "server/runtime": (),  # knows nothing of the domain
    "server/log": (),
    # admission_reason.hpp: a table whose rows are the values of a label.
    "server/metrics": BELOW_SESSION + ("server/runtime", "server/session/admission_reason.hpp"),
    "server/net": BELOW_NET,
    "server/core_loop": BELOW_CORE_LOOP + INTERFACES,
    # types.hpp: the one choice of Asio executor and socket, which both users of Asio share.
    # tls_context.hpp: a value made of two files, which the control loop makes and cores use.
    # swarm_facts.hpp, swarm_history.hpp, swarm_name.hpp: values that operators read. Storage: the
    # interface and its values.
    "server/control": (
        "protocol", "server/runtime", "server/metrics", "server/log", "server/net/types.hpp",
        "server/net/tls_context.hpp", "server/core/swarm_facts.hpp", "server/core/swarm_history.hpp",
        "server/core/swarm_name.hpp",
        "server/storage/fact.hpp", "server/storage/store.hpp",
        "server/web/web_assets.hpp"),
    # A client in a process of its own: it shares with the server no more than the choice of Asio.
    "server/doctor": ("protocol", "server/net/types.hpp"),
    "server/auth": ("protocol",),
    "server/storage": ("protocol", "server/core", "server/runtime", "server/log"),
    "server/cluster": ("protocol", "server/core", "server/runtime", "server/log"),
    "server/web": (),
    "server/app": None,  # the composition root sees everything
}

FORBIDDEN_IN_PURE = re.compile(
    r"<(boost/asio|boost/beast|spdlog/|thread>|mutex>|shared_mutex>|condition_variable>|future>"
    r"|stop_token>|semaphore>|fstream>|iostream>|random_device|sys/|unistd\.h>|netinet/)"
)
CLOCK = re.compile(
    r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\s*::\s*now\b"
    r"|\bclock_gettime\s*\(|\bgettimeofday\s*\(|\bstd::time\s*\(|\brandom_device\b|\bthis_thread\b"
)
JSON = re.compile(r"<(nlohmann/|simdjson)")
BEAST = re.compile(r"<boost/beast")
# server/doctor: a cold path, whose WebSocket client must not share faults with the server's own codec.
BEAST_ALLOWED = ("server/net", "server/control", "server/doctor")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
SPDX = "SPDX-License-Identifier: Apache-2.0"

CODE_FOLDERS = ("protocol", "config", "server", "tests", "docker", ".ci")
CODE_SUFFIXES = {".cpp", ".hpp", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".css", ".py", ".sh"}
CPP_SUFFIXES = {".cpp", ".hpp"}
SKIPPED_FOLDERS = {"node_modules", "build", "vendor", "corpus", "__pycache__"}
LINES_MAX = 500
TEST_LINES_MAX = 800
# One module without a build step is what makes it easy to use.
LONGER = {"protocol/js/waggle.js": 800}


def part_of(path):
    """The part of the tree that a path belongs to: protocol/json/x.hpp -> protocol."""
    pieces = path.split("/")
    if pieces[0] != "server":
        return pieces[0]
    if len(pieces) > 2:
        return "/".join(pieces[:2])
    # Files directly in server/: core_* wire one core, log* is the log, the rest is composition.
    stem = pieces[1].split(".")[0]
    if stem.startswith("core_"):
        return "server/core_loop"
    if stem == "log" or stem.startswith("log_"):
        return "server/log"
    return "server/app"


def include_problems(path, text):
    part = part_of(path)
    code = COMMENT_OR_STRING.sub(" ", text)
    pure = part in PURE
    for target in INCLUDE.findall(text):
        name = target[1:-1]
        if pure and FORBIDDEN_IN_PURE.search(target):
            yield f"pure layer {part} includes {target}"
        if part == "server/core" and JSON.search(target):
            yield f"server/core includes the JSON library {target}"
        if BEAST.search(target) and part not in BEAST_ALLOWED and not pure:
            yield f"Beast outside {' and '.join(BEAST_ALLOWED)}: {target}"
        if target[0] == '"':
            yield from direction_problems(part, name)
    if pure:
        for match in CLOCK.finditer(code):
            yield f"pure layer {part} uses {match.group(0)}"


def direction_problems(part, name):
    if "/" not in name:
        yield f'"{name}" is not written from the root of the repository'
        return
    if part not in MAY_INCLUDE:
        yield f"{part} is not in the table of tests/layering/layering.py"
        return
    allowed = MAY_INCLUDE[part]
    if name.startswith("tests/"):
        yield f'{part} includes "{name}"'
    elif allowed is not None:
        target = part_of(name)
        if target != part and target not in allowed and name not in allowed:
            yield f'{part} must not include "{name}"'


def file_problems(path, text):
    """Everything wrong with one file, as sentences."""
    test = path.startswith("tests/")
    lines = text.count("\n")
    bound = LONGER.get(path, TEST_LINES_MAX if test else LINES_MAX)
    if lines > bound:
        yield f"{lines} lines, at most {bound}"
    head = text.split("\n", 2)[:2]
    first = head[1] if head[0].startswith("#!") and len(head) > 1 else head[0]
    if SPDX not in first:
        yield "does not start with the SPDX line"
    if Path(path).suffix not in CPP_SUFFIXES:
        return
    if path.endswith(".hpp") and not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield "has no #pragma once"
    if not test:
        yield from include_problems(path, text)


def is_code(path):
    return Path(path).suffix in CODE_SUFFIXES or path.startswith(".ci/")


def code_files(root):
    yield root / "dev"
    for folder in CODE_FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root)
            if SKIPPED_FOLDERS.intersection(path.parts):
                continue
            if file.is_file() and is_code(path.as_posix()):
                yield file


def check_tree(root):
    count = 0
    problems = []
    for file in code_files(root):
        path = file.relative_to(root).as_posix()
        count += 1
        text = file.read_text(encoding="utf-8")
        problems += [f"{path}: {problem}" for problem in file_problems(path, text)]
    for problem in problems:
        print(problem)
    print(f"layering: {count} files, {len(problems)} problems")
    return not problems and count > 1


OK_HEADER = f"// {SPDX}\n#pragma once\n"
# (path, text behind the SPDX line, part of the expected sentence; None where the file is right)
SELF_TEST = [
    ("protocol/a.hpp", '#include "protocol/ids.hpp"\n#include <chrono>\n', None),
    ("protocol/json/a.hpp", "#include <simdjson.h>\n", None),
    ("protocol/a.hpp", '#include "server/core/shard.hpp"\n', "must not include"),
    ("protocol/a.hpp", '#include "config/settings.hpp"\n', "must not include"),
    ("protocol/a.hpp", "#include <thread>\n", "pure layer protocol includes <thread>"),
    ("server/core/a.hpp", "#include <mutex>\n", "includes <mutex>"),
    ("server/core/a.hpp", "# include <boost/asio/post.hpp>\n", "includes <boost/asio/post.hpp>"),
    ("server/core/a.hpp", "#include <spdlog/spdlog.h>\n", "includes <spdlog/spdlog.h>"),
    ("server/core/a.hpp", "#include <nlohmann/json.hpp>\n", "JSON library"),
    ("server/core/a.hpp", "#include <simdjson.h>\n", "JSON library"),
    ("server/core/a.hpp", '#include "server/session/conversation.hpp"\n', "must not include"),
    ("server/session/a.hpp", '#include "server/core/shard.hpp"\n', None),
    ("server/session/a.hpp", "#include <boost/beast/http.hpp>\n", "includes <boost/beast"),
    ("server/session/a.hpp", "auto t = std::chrono::steady_clock::now();\n", "steady_clock::now"),
    ("server/session/a.hpp", "// never steady_clock::now() here\n", None),
    ("server/session/a.hpp", 'auto text = "steady_clock::now";\n', None),
    ("server/core/a.hpp", "std::random_device seed;\n", "random_device"),
    ("server/runtime/a.hpp", '#include "server/core/message.hpp"\n', "must not include"),
    ("server/net/a.hpp", '#include "server/session/upgrade.hpp"\n', None),
    ("server/net/a.hpp", "#include <boost/beast/http.hpp>\n", None),
    ("server/net/a.hpp", '#include "server/core_loop.hpp"\n', "must not include"),
    ("server/net/a.hpp", '#include "server/control/control_loop.hpp"\n', "must not include"),
    ("server/net/a.hpp", '#include "config/settings.hpp"\n', "must not include"),
    ("server/core_loop.hpp", '#include "server/net/listener.hpp"\n', None),
    ("server/core_loop.hpp", '#include "server/core_mail.hpp"\n', None),
    ("server/core_mail.hpp", '#include "server/app.hpp"\n', "must not include"),
    ("server/control/a.hpp", '#include "server/net/types.hpp"\n', None),
    ("server/control/a.hpp", '#include "server/net/listener.hpp"\n', "must not include"),
    ("server/auth/a.hpp", '#include "protocol/token_claims.hpp"\n', None),
    ("server/auth/a.hpp", '#include "server/log.hpp"\n', "must not include"),
    ("server/auth/a.cpp", "auto t = std::chrono::system_clock::now();\n", "system_clock::now"),
    ("server/doctor/a.hpp", "#include <boost/beast/websocket.hpp>\n", None),
    ("server/doctor/a.hpp", '#include "server/net/types.hpp"\n', None),
    ("server/doctor/a.hpp", '#include "server/net/connection.hpp"\n', "must not include"),
    ("server/net/a.hpp", '#include "server/doctor/link.hpp"\n', "must not include"),
    ("server/core_loop.hpp", '#include "server/app.hpp"\n', "must not include"),
    ("server/core_loop.hpp", '#include "server/cluster/bus.hpp"\n', None),
    ("server/core_loop.hpp", '#include "server/cluster/redis_bus.hpp"\n', "must not include"),
    ("server/core_loop.hpp", "#include <boost/beast/http.hpp>\n", "Beast outside"),
    ("server/app.hpp", '#include "server/control/control_loop.hpp"\n', None),
    ("server/app.hpp", '#include "config/settings.hpp"\n', None),
    ("server/app.hpp", '#include "tests/support/fakes.hpp"\n', "tests/support/fakes.hpp"),
    ("server/app.hpp", "#include <boost/beast/http.hpp>\n", "Beast outside"),
    ("server/unknown/a.hpp", '#include "protocol/ids.hpp"\n', "not in the table"),
    ("server/net/a.hpp", '#include "listener.hpp"\n', "not written from the root"),
    ("config/a.hpp", "\n" * 497, None),
    ("config/a.hpp", "\n" * 499, "501 lines, at most 500"),
    ("tests/unit/a.hpp", '#include <boost/beast/http.hpp>\n' + "\n" * 600, None),
    ("tests/unit/a.hpp", "\n" * 800, "at most 800"),
]
SELF_TEST_WHOLE_FILES = [
    ("config/a.cpp", "// Settings.\n", "SPDX"),
    ("config/a.hpp", f"// {SPDX}\n", "#pragma once"),
    ("dev", f"#!/usr/bin/env bash\n# {SPDX}\n", None),
    ("dev", "#!/usr/bin/env bash\n# Builds.\n", "SPDX"),
    ("server/web/app/src/a.css", f"/* {SPDX} */\n", None),
    ("server/web/app/src/a.css", f"/* {SPDX} */\n" + "\n" * 500, "501 lines"),
    ("server/web/app/src/a.css", ".card {}\n", "SPDX"),
    ("server/web/app/src/a.tsx", "import { render } from 'preact';\n", "SPDX"),
]
SELF_TEST_IS_CODE = {
    "server/app.cpp": True, "server/web/app/src/a.tsx": True, "server/web/app/src/a.css": True,
    ".ci/run": True, "tests/load/lists.py": True, "docs/style.md": False, "docker/Dockerfile": False,
}


def self_test():
    cases = [(path, OK_HEADER + text, want) for path, text, want in SELF_TEST]
    wrong = 0
    for path, text, want in cases + SELF_TEST_WHOLE_FILES:
        found = list(file_problems(path, text))
        right = not found if want is None else len(found) == 1 and want in found[0]
        if not right:
            wrong += 1
            print(f"{path}: expected {want!r}, found {found}\n{text[:200].strip()}")
    for path, want in SELF_TEST_IS_CODE.items():
        if is_code(path) != want:
            wrong += 1
            print(f"{path}: is {'not ' if want else ''}taken for code")
    total = len(cases) + len(SELF_TEST_WHOLE_FILES) + len(SELF_TEST_IS_CODE)
    print(f"layering self-test: {total} cases, {wrong} wrong")
    return wrong == 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(0 if (self_test() if sys.argv[1] == "--self-test" else check_tree(Path(sys.argv[1]))) else 1)
