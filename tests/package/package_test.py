#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs, upgrades, removes and purges the Debian package, with systemd and without.

usage: package_test.py FOLDER BASE WITH_SYSTEMD [TEST...]    run.sh calls it
FOLDER has current.deb; the others are images of a fresh Debian.
"""

import os
import re
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "image"))
from websocket import WebSocket  # noqa: E402

FOLDER, BASE, WITH_SYSTEMD = sys.argv[1:4]
PREFIX = f"waggle-package-test-{os.getpid()}"  # of every container that is started here
PATIENCE = 30  # seconds
CONFIG = "/etc/waggle/waggle.json"
OLD_VERSION = "0.0.1"
OLD_COMMENT = "// As the package of old had it.\n"
MINE = """{
  "webtorrent": {"interval_min": "33s", "interval_max": "33s"},  // mine
  "storage": {"url": "sqlite:/var/lib/waggle/waggle.db"}
}
"""
STORE = "/var/lib/waggle/waggle.db"
COMPLETED = "package-test-is-done"
BANNED = "203.0.113.0/24"


def run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def eventually(question, what):
    """The first answer that is true; a failure after a while."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited for {PATIENCE} s: {what}")
        time.sleep(0.05)


def field(package, name):
    return run("dpkg-deb", "--field", f"{FOLDER}/{package}.deb", name).stdout.strip()


def make_old_package():
    """The same package with a lower version, another default configuration and another unit."""
    tree = Path(FOLDER) / "old"
    run("dpkg-deb", "--raw-extract", f"{FOLDER}/current.deb", str(tree))
    for path, pattern, text in (("DEBIAN/control", r"(?m)^Version: .*", f"Version: {OLD_VERSION}"),
                                ("etc/waggle/waggle.json", r"\A", OLD_COMMENT),
                                ("lib/systemd/system/waggle.service", r"Description=.*", "Description=Old")):
        old = (tree / path).read_text(encoding="utf-8")
        (tree / path).write_text(re.sub(pattern, text, old, count=1), encoding="utf-8")
    run("dpkg-deb", "--root-owner-group", "--build", str(tree), f"{FOLDER}/old.deb")


class Debian:
    """A container with a fresh Debian, in which this process is root."""

    count = 0

    def __init__(self, image, *command, flags=()):
        Debian.count += 1
        self.name = f"{PREFIX}-{Debian.count}"
        run("podman", "run", "--detach", "--name", self.name, f"--volume={FOLDER}:/packages:ro",
            "--publish=127.0.0.1::8000", *flags, image, *command)

    def sh(self, script, check=True):
        """Runs a line of bash in there; what it wrote, or with check=False how it ended."""
        done = run("podman", "exec", "--env=DEBIAN_FRONTEND=noninteractive", "--env=LC_ALL=C.UTF-8", self.name,
                   "bash", "-c", script, check=check)
        return done.stdout.strip() if check else done

    def install(self, package, *options):
        self.sh(f"apt-get install -y --no-install-recommends {' '.join(options)} /packages/{package}.deb")

    def version(self):
        return self.sh("dpkg-query -W -f '${Version}' waggle")

    def exists(self, path):
        return self.sh(f"[ -e {path} ]", check=False).returncode == 0

    def files_of_waggle(self):
        """Everything that belongs to the account."""
        return self.sh("find / -xdev '(' -user waggle -o -group waggle ')' -not -path '/proc/*'").split()

    def running(self):
        """Process ids of servers."""
        return self.sh("grep -lx waggle /proc/[0-9]*/comm 2>/dev/null | cut -d / -f 3 || true").split()

    def healthy(self):
        return self.sh("waggle health", check=False).returncode == 0

    def port(self):
        return int(run("podman", "port", self.name, "8000/tcp").stdout.strip().rsplit(":", 1)[1])

    def ask(self, target, body=None):
        """What the internal listener answers, asked in there, with the head; bash, since curl is not there."""
        request = f"{'GET' if body is None else 'POST'} {target} HTTP/1.1\\r\\nHost: localhost\\r\\n"
        if body is not None:
            request += f"Content-Type: application/json\\r\\nContent-Length: {len(body)}\\r\\n"
        request += "Connection: close\\r\\n\\r\\n" + (body or "")
        return self.sh(f"exec 3<>/dev/tcp/127.0.0.1/8001; printf '{request}' >&3; cat <&3")

    def metric(self, name):
        return float(re.search(rf"^{name} (\S+)", self.ask("/metrics"), re.MULTILINE).group(1))

    def remove(self):
        run("podman", "rm", "--force", "--time=0", "--volumes", self.name, check=False)


def interval_of(port):
    """What the server says to an announce."""
    client = WebSocket(port)
    try:
        client.send({"action": "announce", "event": "started", "info_hash": "p" * 20, "numwant": 0,
                     "peer_id": "-WW0001-aaaaaaaaaaaa", "left": 1, "uploaded": 0, "downloaded": 0,
                     "offers": []})
        return client.receive()["interval"]
    finally:
        client.close()


def leave_facts(debian):
    """A ban and a completion for the store; returns when they are in it."""
    before = debian.metric("waggle_storage_facts_written_total")
    answer = debian.ask("/api/v1/bans", f'{{"kind":"address","value":"{BANNED}","reason":"package test"}}')
    assert " 201 " in answer.splitlines()[0], answer
    client = WebSocket(debian.port())
    try:
        # Two members: what one visitor alone says of a swarm is not kept.
        for event, left, who in (("started", 1, "a"), ("started", 1, "b"), ("completed", 0, "b")):
            client.send({"action": "announce", "event": event, "info_hash": COMPLETED, "numwant": 0,
                         "peer_id": "-WW0001-" + 12 * who, "left": left, "uploaded": 0, "downloaded": 0,
                         "offers": []})
            assert "interval" in client.receive()
    finally:
        client.close()
    # The ban, its audit record, the swarm.
    eventually(lambda: debian.metric("waggle_storage_facts_written_total") >= before + 3, "facts are written")


def facts(debian):
    """(completions of the swarm, whether the ban is there)"""
    client = WebSocket(debian.port())
    try:
        client.send({"action": "scrape", "info_hash": COMPLETED})
        count = client.receive()["files"][COMPLETED]["downloaded"]
    finally:
        client.close()
    return count, BANNED in debian.ask("/api/v1/bans")


def commands_of(section):
    """The blocks of commands of a section of docs/operations.md."""
    page = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text(encoding="utf-8")
    text = page.partition(f"### {section}\n")[2].partition("\n##")[0]
    return re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


class Content(unittest.TestCase):
    def test_version_is_that_of_the_program(self):
        tree = f"{FOLDER}/content"
        run("dpkg-deb", "--extract", f"{FOLDER}/current.deb", tree)
        listing = run("dpkg-deb", "--contents", f"{FOLDER}/current.deb").stdout.splitlines()
        right = r"(-rw-r--r--|-rwxr-xr-x|drwxr-xr-x) root/root "
        self.assertEqual([line for line in listing if not re.match(right, line)], [])
        said = Path(tree, "usr/bin/waggle").read_bytes()
        self.assertIn(field("current", "Version").encode(), said)
        for library in ("libssl3", "libsqlite3-0", "libjose0"):
            self.assertIn(library, field("current", "Depends"))
        # Where there is a dashboard it is in the program.
        app = Path(__file__).resolve().parents[2] / "server/web/app/package.json"
        self.assertEqual(b"running, without its dashboard" in said, not app.exists())


class WithoutSystemd(unittest.TestCase):
    """Docker images, chroots: nothing is started, all else works."""

    def test_from_install_to_purge(self):
        debian = Debian(BASE, "bash", "-c", "while :; do sleep 1; done")  # which reaps, as an init does
        self.addCleanup(debian.remove)
        debian.sh("apt-get update")

        with self.subTest("install"):
            debian.install("old")
            self.assertEqual(debian.version(), OLD_VERSION)
            self.assertEqual(debian.running(), [])
            self.assertRegex(debian.sh("getent passwd waggle"), r":/var/lib/waggle:/usr/sbin/nologin$")
            self.assertEqual(debian.sh("stat -c '%U:%G %a' /var/lib/waggle"), "waggle:waggle 750")
            self.assertEqual(debian.files_of_waggle(), ["/var/lib/waggle"])
            self.assertIn(OLD_COMMENT.strip(), debian.sh(f"cat {CONFIG}"))

        with self.subTest("upgrade takes the new default configuration, unless it was changed"):
            debian.install("current")
            self.assertEqual(debian.version(), field("current", "Version"))
            self.assertEqual(debian.sh("waggle version"), f"waggle {debian.version()}")
            self.assertNotIn(OLD_COMMENT.strip(), debian.sh(f"cat {CONFIG}"))
            self.assertEqual(debian.running(), [])

        with self.subTest("the server runs as its user"):
            debian.sh(f"waggle check-config --config {CONFIG}")
            debian.sh(f"setpriv --reuid waggle --regid waggle --clear-groups waggle --config {CONFIG} "
                      ">/tmp/out 2>&1 &")
            eventually(debian.healthy, "the server is healthy")
            self.assertGreater(interval_of(debian.port()), 0)
            leave_facts(debian)
            self.assertEqual(debian.sh(f"stat -c %U {STORE}"), "waggle")
            debian.sh(f"kill {debian.running()[0]}")
            eventually(lambda: not debian.running(), "the server ended")

        with self.subTest("remove keeps configuration and data"):
            debian.sh("touch /var/lib/waggle/data && apt-get remove -y waggle")
            self.assertFalse(debian.exists("/usr/bin/waggle"))
            self.assertTrue(debian.exists(CONFIG))
            self.assertTrue(debian.exists("/var/lib/waggle/data"))

        with self.subTest("purge leaves nothing"):
            debian.sh("apt-get purge -y waggle")
            self.assertEqual(debian.files_of_waggle(), [])
            left = debian.sh("find / -xdev -name '*waggle*' -not -path '/packages*' -not -path '/proc/*' "
                             "-not -path '/sys/*' -not -path '/var/cache/*'")
            self.assertEqual(left, "")


class WithSystemd(unittest.TestCase):
    def setUp(self):
        self.debian = Debian(WITH_SYSTEMD, flags=["--systemd=always", "--privileged"])
        self.addCleanup(self.debian.remove)
        eventually(lambda: self.systemctl("is-system-running") in ("running", "degraded"), "systemd is up")
        self.debian.sh("apt-get update")

    def systemctl(self, words):
        return self.debian.sh(f"systemctl {words}", check=False).stdout.strip()

    def show(self, name):
        return self.systemctl(f"show --value -p {name} waggle")

    def await_server(self):
        """The process, once it is healthy."""
        eventually(self.debian.healthy, f"healthy: {self.journal}")
        self.assertEqual(self.systemctl("is-active waggle"), "active")
        return self.show("MainPID")

    @property
    def journal(self):
        return self.debian.sh("journalctl --no-pager -u waggle")

    def status(self, process):
        return dict(line.split(":\t", 1) for line in self.debian.sh(f"cat /proc/{process}/status").splitlines()
                    if ":\t" in line)

    def test_from_install_to_purge(self):
        debian = self.debian
        with self.subTest("install starts the server"):
            debian.install("old")
            first = self.await_server()
            self.assertEqual(self.systemctl("is-enabled waggle"), "enabled")
            self.assertEqual(self.show("Description"), "Old")
            leave_facts(debian)
            self.assertEqual(debian.sh(f"stat -c '%U %a' {STORE}"), "waggle 600")

        with self.subTest("upgrade restarts it and keeps what was changed"):
            Path(FOLDER, "mine.json").write_text(MINE, encoding="utf-8")
            debian.sh(f"cp /packages/mine.json {CONFIG}; touch /var/lib/waggle/data")
            debian.install("current", "-o", "Dpkg::Options::=--force-confold")
            self.assertNotEqual(self.await_server(), first)
            self.assertEqual(debian.version(), field("current", "Version"))
            self.assertEqual(debian.sh(f"cat {CONFIG}"), MINE.strip())
            self.assertEqual(interval_of(debian.port()), 33)
            self.assertIn("Waggle", self.show("Description"))
            self.assertTrue(debian.exists("/var/lib/waggle/data"))
            self.assertEqual(facts(debian), (1, True))
            self.assertEqual(debian.metric("waggle_storage_problem"), 0)

        with self.subTest("an upgrade leaves it off where it is off"):
            debian.sh("systemctl disable --now waggle; apt-get install -y --reinstall /packages/current.deb")
            self.assertEqual(self.systemctl("is-enabled waggle"), "disabled")
            debian.sh("systemctl enable --now waggle")
            self.await_server()

        with self.subTest("remove stops it"):
            debian.sh("apt-get remove -y waggle")
            self.assertEqual(debian.running(), [])
            self.assertTrue(debian.exists("/var/lib/waggle/data"))
            self.assertEqual(debian.sh(f"cat {CONFIG}"), MINE.strip())

        with self.subTest("install again, purge"):
            debian.install("current")
            self.await_server()
            self.assertEqual(interval_of(debian.port()), 33)
            self.assertEqual(facts(debian), (1, True))
            debian.sh("apt-get purge -y waggle")
            self.assertEqual(debian.running(), [])
            self.assertEqual(debian.files_of_waggle(), [])
            self.assertEqual(self.systemctl("is-enabled waggle"), "")
            for path in ("/etc/waggle", "/var/lib/waggle", "/lib/systemd/system/waggle.service",
                         "/etc/systemd/system/waggle.service"):
                self.assertFalse(debian.exists(path), path)

    def test_unit_confines_serves_reloads_restarts_and_drains(self):
        debian = self.debian
        debian.install("current")
        process = self.await_server()

        with self.subTest("confined"):
            status = self.status(process)
            account = debian.sh("id -u waggle")
            self.assertEqual(status["Uid"].split(), [account] * 4)
            self.assertEqual({int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")}, {0})
            self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
            inside = f"nsenter --target {process} --mount"
            self.assertEqual(debian.sh(f"{inside} touch /etc/x", check=False).returncode, 1)
            self.assertEqual(debian.sh(f"{inside} touch /var/lib/waggle/x", check=False).returncode, 0)
            self.assertEqual(debian.sh("stat -c %a /var/lib/waggle"), "750")

        with self.subTest("serves, and its metrics are right"):
            self.assertGreater(interval_of(debian.port()), 0)
            self.assertEqual(self.show("LimitNOFILE"), "262144")
            # Not where the machine itself allows no more.
            self.assertIn(debian.metric("process_max_fds"), (262144, int(debian.sh("ulimit -Hn"))))
            self.assertLess(abs(debian.metric("process_start_time_seconds") - time.time()), 300)
            self.assertGreater(debian.metric("process_open_fds"), 5)

        with self.subTest("reload"):
            self.assertEqual(debian.sh("systemctl reload waggle", check=False).returncode, 0, self.journal)
            heard = rf"waggle\[{process}\].* reload"
            eventually(lambda: re.search(heard, self.journal), "the server says that it heard of it")
            debian.sh(f"cp {CONFIG} /tmp/good; echo '{{\"nonsense\": 1}}' >{CONFIG}")
            self.assertNotEqual(debian.sh("systemctl reload waggle", check=False).returncode, 0)
            self.assertIn("nonsense", self.journal)
            self.assertEqual(self.await_server(), process)
            debian.sh(f"cp /tmp/good {CONFIG}")

        with self.subTest("restart after a crash"):
            debian.sh(f"kill -SEGV {process}")
            eventually(lambda: self.show("MainPID") not in (process, "0"), "started again")
            self.await_server()

        with self.subTest("stop drains"):
            client = WebSocket(debian.port())
            self.addCleanup(client.close)
            debian.sh("systemctl stop waggle")
            self.assertEqual(client.receive_close(), 1001)
            self.assertEqual((self.show("Result"), self.show("ExecMainStatus")), ("success", "0"))

    def test_backup_and_restore_by_the_commands_of_the_documentation(self):
        debian = self.debian
        debian.install("current")
        debian.sh("apt-get install -y --no-install-recommends sqlite3")
        self.await_server()
        backup, restore = commands_of("Backup and restore")
        leave_facts(debian)
        debian.sh(backup)
        self.assertEqual(debian.sh("sqlite3 /var/backups/waggle.db 'PRAGMA integrity_check'"), "ok")
        schema = debian.sh("sqlite3 /var/backups/waggle.db 'PRAGMA user_version'")
        page = Path(__file__).resolve().parents[2] / "docs/operations.md"
        self.assertIn(f"this release writes {schema}.", page.read_text(encoding="utf-8"))

        debian.sh(f"systemctl stop waggle && rm {STORE}* && systemctl start waggle")
        self.await_server()
        self.assertEqual(facts(debian), (0, False))
        debian.sh("set -e; " + restore)
        self.await_server()
        self.assertEqual(facts(debian), (1, True))
        self.assertEqual(debian.metric("waggle_storage_problem"), 0)

    def test_privileged_port_by_the_drop_in_of_the_documentation(self):
        page = Path(__file__).resolve().parents[2] / "docs/operations.md"
        (drop_in,) = re.findall(r"```ini\n(.*?CAP_NET_BIND_SERVICE.*?)```", page.read_text(encoding="utf-8"),
                                re.DOTALL)
        Path(FOLDER, "port.conf").write_text(drop_in, encoding="utf-8")
        self.debian.sh("mkdir -p /etc/systemd/system/waggle.service.d; "
                       "cp /packages/port.conf /etc/systemd/system/waggle.service.d/")
        self.debian.install("current")
        self.await_server()
        self.assertIn(":80 ", self.journal + " ")


def remove_everything():
    """What an interrupted test left: unittest cleans up after failures, not after interruptions."""
    names = run("podman", "ps", "--all", "--format={{.Names}}", f"--filter=name={PREFIX}").stdout.split()
    for name in names:
        run("podman", "rm", "--force", "--time=0", "--volumes", name, check=False)


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupt)
    make_old_package()
    loader = unittest.defaultTestLoader
    module = sys.modules["__main__"]
    chosen = sys.argv[4:]
    tests = loader.loadTestsFromNames(chosen, module) if chosen else loader.loadTestsFromModule(module)
    try:
        result = unittest.TextTestRunner(verbosity=2).run(tests)
    finally:
        remove_everything()
    bad = len(result.failures) + len(result.errors)
    print(f"\n{max(0, result.testsRun - bad)} passed, {bad} failed")
    sys.exit(0 if bad == 0 and result.testsRun > 0 else 1)


if __name__ == "__main__":
    main()
