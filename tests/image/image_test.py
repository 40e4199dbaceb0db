#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests the image: what is in it, how it runs, when it is healthy, how it ends, and compose.yml.

usage: image_test.py FOLDER IMAGE [TEST...], in the checkout that the image was built from. run.sh calls it.
"""

import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import unittest
import urllib.request

from websocket import PATIENCE, WebSocket

FOLDER, IMAGE = sys.argv[1:3]
BYTES_MAX = 20_000_000
PREFIX = f"waggle-image-test-{os.getpid()}"  # of everything that is started here


def run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, **options)
    if check and done.returncode != 0:
        said = f"{done.stdout}{done.stderr}"
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}\n{said}")
    return done


def podman(*arguments, **options):
    return run("podman", *arguments, **options)


def eventually(question, what, patience=PATIENCE):
    """The first answer that is true; a failure after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited for {patience} s: {what}")
        time.sleep(0.05)


def http_get(port, target, token=None):
    """The body of a 200, or nothing."""
    fields = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{target}", headers=fields)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read().decode()
    except OSError:  # nothing listens there (any more), or an answer that is no 200
        return None


def metric(text, name):
    """The sum over all labels."""
    found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
    return sum(map(float, found)) if found else None


STAND_IN = "localhost/waggle-test-prometheus:latest"


def prometheus_of_compose():
    with open("docker/compose.yml", encoding="utf-8") as file:
        return re.search(r"image: (\S*/prometheus:\S*)", file.read()).group(1)


class Container:
    """A running container of the image, hardened as docker/compose.yml does it."""

    count = 0

    def __init__(self, *arguments, flags=()):
        Container.count += 1
        self.name = f"{PREFIX}-{Container.count}"
        podman("run", "--detach", "--name", self.name, "--read-only", "--cap-drop=ALL",
               "--security-opt=no-new-privileges", "--publish=127.0.0.1::8000",
               "--publish=127.0.0.1::8001", "--publish=127.0.0.1::8443", *flags, IMAGE, *arguments)
        eventually(lambda: "\nready " in f"\n{self.logs()}", "the ready line")

    def logs(self):
        done = podman("logs", self.name)
        return done.stdout + done.stderr

    def port(self, inside):
        return int(podman("port", self.name, f"{inside}/tcp").stdout.strip().rsplit(":", 1)[1])

    def inspect(self, what):
        return podman("inspect", "--format", "{{" + what + "}}", self.name).stdout.strip()

    def check_health(self):
        """Runs the HEALTHCHECK once, which a timer does elsewhere, and returns the verdict."""
        podman("healthcheck", "run", self.name, check=False)
        return self.inspect(".State.Health.Status")

    def signal_process(self, number):
        os.kill(int(self.inspect(".State.Pid")), number)

    def remove(self):
        podman("rm", "--force", "--time=0", "--volumes", self.name, check=False)


def announce(socket, swarm, peer, offers=()):
    socket.send({"action": "announce", "event": "started", "info_hash": swarm, "peer_id": peer,
                 "numwant": len(offers), "left": 1, "uploaded": 0, "downloaded": 0,
                 "offers": [{"offer_id": name, "offer": {"type": "offer", "sdp": "v=0 " + name}}
                            for name in offers]})
    reply = socket.receive()
    assert "interval" in reply, reply
    return reply


def complete(client, swarm):
    """A peer that joins beside another and then has everything: one completion more, and worth keeping."""
    for event, left, who in (("started", 1, "c"), ("started", 1, "d"), ("completed", 0, "d")):
        client.send({"action": "announce", "event": event, "info_hash": swarm, "numwant": 0, "left": left,
                     "peer_id": "-WW0001-" + 12 * who, "uploaded": 0, "downloaded": 1 - left, "offers": []})
        reply = client.receive()
        assert "interval" in reply, reply


def completions(client, swarm):
    """What a scrape says of all times."""
    client.send({"action": "scrape", "info_hash": swarm})
    return client.receive()["files"][swarm]["downloaded"]


class ImageTest(unittest.TestCase):
    def start(self, *arguments, **options):
        container = Container(*arguments, **options)
        self.addCleanup(container.remove)
        return container

    def connect(self, port, tls=None):
        client = WebSocket(port, tls)
        self.addCleanup(client.close)
        return client

    def relay_an_offer(self, port, tls=None):
        one, other = self.connect(port, tls), self.connect(port, tls)
        swarm = "image-test-" + os.urandom(5).hex()[:9]
        announce(one, swarm, "-WW0001-aaaaaaaaaaaa")
        announce(other, swarm, "-WW0001-bbbbbbbbbbbb", offers=["offer-of-the-other-1"])
        relayed = one.receive()
        self.assertEqual(relayed["offer_id"], "offer-of-the-other-1")
        self.assertEqual(relayed["offer"]["sdp"], "v=0 offer-of-the-other-1")
        self.assertEqual(relayed["peer_id"], "-WW0001-bbbbbbbbbbbb")
        return one, other


class Content(ImageTest):
    def setUp(self):
        self.image = json.loads(podman("image", "inspect", IMAGE).stdout)[0]

    def test_is_small(self):
        size = self.image["Size"]
        print(f"size: {size / 1e6:.1f} MB", file=sys.stderr)
        self.assertLess(size, BYTES_MAX)

    def test_says_what_it_is(self):
        labels = self.image["Config"]["Labels"]
        self.assertEqual(labels["org.opencontainers.image.title"], "Waggle")
        self.assertEqual(labels["org.opencontainers.image.licenses"], "Apache-2.0")
        version = podman("run", "--rm", IMAGE, "version").stdout.strip()
        self.assertEqual(version, "waggle " + labels["org.opencontainers.image.version"])
        revision = run("git", "rev-parse", "HEAD").stdout.strip()
        self.assertEqual(labels["org.opencontainers.image.revision"], revision)

    def test_is_not_root_and_has_a_health_check(self):
        config = self.image["Config"]
        self.assertEqual(config["User"], "65532:65532")
        self.assertEqual(config["StopSignal"], "SIGTERM")
        self.assertEqual(set(config["ExposedPorts"]), {"8000/tcp", "8001/tcp"})
        self.assertEqual(self.image["Healthcheck"]["Test"], ["CMD", "waggle", "health"])

    def test_holds_the_program_and_its_libraries_only(self):
        name = podman("create", IMAGE).stdout.strip()
        self.addCleanup(podman, "rm", name)
        archive = f"{FOLDER}/content.tar"
        podman("export", "--output", archive, name)
        listing = run("tar", "--list", "--verbose", "--file", archive).stdout.splitlines()
        files = {line.split()[5]: line for line in listing if line.startswith("-")}
        programs = [path for path in files if re.match(r"(usr/)?s?bin/", path)]
        self.assertEqual(programs, ["usr/bin/waggle"])
        known = (r"usr/bin/waggle|lib(64)?/.*\.so.*|etc/(passwd|group|waggle/waggle\.json)|"
                 r"usr/share/doc/[^/]*/(copyright|LICENSE)")
        made_by_podman = {"etc/hosts", "etc/hostname", "etc/resolv.conf", "run/.containerenv"}
        self.assertEqual([path for path in files if not re.fullmatch(known, path)
                          and path not in made_by_podman], [])
        # Nobody but root may change a file, and no program gives its user other rights.
        right = r"-rw[x-]r-[x-]r-[x-] (0/0|root/root) "
        self.assertEqual([line for line in files.values() if not re.match(right, line)], [])


class Runs(ImageTest):
    def test_relays_offers_and_shows_metrics(self):
        container = self.start("--cores", "2")
        one, _ = self.relay_an_offer(container.port(8000))
        text = http_get(container.port(8001), "/metrics")

        self.assertEqual(metric(text, "waggle_offers_relayed_total"), 1)
        self.assertEqual(metric(text, "waggle_connections"), 2)
        self.assertIn('"ready":true', http_get(container.port(8001), "/readyz"))

    def test_process_is_not_root_and_cannot_become_it(self):
        container = self.start()
        with open(f"/proc/{container.inspect('.State.Pid')}/status", encoding="ascii") as file:
            status = dict(line.split(":\t", 1) for line in file.read().splitlines())
        self.assertEqual(status["Uid"].split(), ["65532"] * 4)
        self.assertEqual(status["Gid"].split(), ["65532"] * 4)
        self.assertEqual(int(status["CapBnd"], 16), 0)
        self.assertEqual(int(status["CapEff"], 16), 0)

    def test_any_other_user_will_do(self):
        container = self.start(flags=["--user=1234:4321"])
        self.relay_an_offer(container.port(8000))
        self.assertEqual(container.check_health(), "healthy")

    def test_takes_a_mounted_configuration(self):
        path = f"{FOLDER}/waggle.json"
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"webtorrent": {"interval_min": "33s", "interval_max": "33s"}} // mine')
        os.chmod(path, 0o644)
        container = self.start(flags=[f"--volume={path}:/etc/waggle/waggle.json:ro"])
        client = self.connect(container.port(8000))
        self.assertEqual(announce(client, "i" * 20, "-WW0001-cccccccccccc")["interval"], 33)

    def test_takes_variables(self):
        container = self.start(flags=["--env=WAGGLE_WEBTORRENT_INTERVAL_MIN=34s",
                                      "--env=WAGGLE_WEBTORRENT_INTERVAL_MAX=34s"])
        client = self.connect(container.port(8000))
        self.assertEqual(announce(client, "i" * 20, "-WW0001-cccccccccccc")["interval"], 34)

    def test_serves_tls_with_mounted_files(self):
        folder = f"{FOLDER}/tls"
        os.makedirs(folder)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=waggle", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem")
        # The key is readable for the account of the image, and for nobody else.
        os.chmod(folder, 0o755)
        os.chown(f"{folder}/privkey.pem", 65532, 65532)
        container = self.start("--listen", "0.0.0.0:8000", "--listen-tls", "0.0.0.0:8443",
                               "--tls-cert", "/etc/waggle/tls/fullchain.pem",
                               "--tls-key", "/etc/waggle/tls/privkey.pem",
                               flags=[f"--volume={folder}:/etc/waggle/tls:ro"])
        tls = ssl.create_default_context(cafile=f"{folder}/fullchain.pem")
        self.relay_an_offer(container.port(8443), tls)

    def test_probes_of_the_manifests_answer(self):
        with open("docker/k8s/deployment.yaml", encoding="utf-8") as file:
            probes = re.findall(r"(\w+Probe):\s+httpGet: \{path: (\S+), port: internal\}", file.read())
        self.assertEqual({name for name, _ in probes}, {"startupProbe", "readinessProbe", "livenessProbe"})
        container = self.start()
        for _, path in probes:
            self.assertIsNotNone(http_get(container.port(8001), path), path)

    @staticmethod
    def folder_of(volume):
        return podman("volume", "inspect", "--format={{.Mountpoint}}", volume).stdout.strip()

    def back_up(self, store):
        """From outside, as root, while the server runs: what sqlite3's .backup does."""
        source, copy = sqlite3.connect(store), sqlite3.connect(f"{FOLDER}/backup.db")
        source.backup(copy)
        self.assertEqual(copy.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        self.assertEqual(copy.execute("SELECT count(*) FROM swarms").fetchone(), (1,))
        source.close()
        copy.close()
        self.assertEqual({os.stat(store + end).st_uid for end in ("", "-wal", "-shm")}, {65532})

    def test_volume_for_its_data_is_its_own(self):
        volume = f"{PREFIX}-data"
        self.addCleanup(podman, "volume", "rm", "--force", volume, check=False)
        container = self.start(flags=[f"--volume={volume}:/var/lib/waggle"])
        folder = os.stat(self.folder_of(volume))
        self.assertEqual((folder.st_uid, folder.st_gid), (65532, 65532))
        container.remove()

    def test_completions_of_a_container_that_was_killed_are_in_the_next_one(self):
        volume, swarm = f"{PREFIX}-data", "image-test-completed"
        self.addCleanup(podman, "volume", "rm", "--force", volume, check=False)
        flags = [f"--volume={volume}:/var/lib/waggle",
                 "--env=WAGGLE_STORAGE_URL=sqlite:/var/lib/waggle/waggle.db"]
        first = self.start(flags=flags)

        def written():
            return metric(http_get(first.port(8001), "/metrics"), "waggle_storage_facts_written_total")

        before = written()
        complete(self.connect(first.port(8000)), swarm)
        eventually(lambda: written() > before, "the completion is written")
        self.back_up(f"{self.folder_of(volume)}/waggle.db")
        podman("rm", "--force", "--time=0", first.name)  # SIGKILL; the volume stays

        second = self.start(flags=flags)
        self.assertEqual(completions(self.connect(second.port(8000)), swarm), 1)
        self.assertEqual(metric(http_get(second.port(8001), "/metrics"), "waggle_storage_problem"), 0)
        second.remove()

    def test_admin_api_and_dashboard_need_a_token(self):
        path = f"{FOLDER}/token"
        with open(path, "w", encoding="ascii") as file:
            file.write("of-the-image-test\n")
        os.chmod(path, 0o400)
        os.chown(path, 65532, 65532)
        closed = self.start()
        opened = self.start(flags=[f"--volume={path}:/run/token:ro", "--env=WAGGLE_ADMIN_TOKEN_FILE=/run/token"])
        self.assertIsNone(http_get(closed.port(8001), "/ui/"))
        self.assertIsNone(http_get(closed.port(8001), "/api/v1/overview"))
        self.assertIsNone(http_get(opened.port(8001), "/api/v1/overview"))
        self.assertTrue(http_get(opened.port(8001), "/api/v1/overview", "of-the-image-test"))
        # Where there is a dashboard it is in the image.
        without = "without its dashboard" in http_get(opened.port(8001), "/ui/")
        self.assertEqual(without, not os.path.exists("server/web/app/package.json"))


class Health(ImageTest):
    def test_halted_server_turns_unhealthy_and_back(self):
        container = self.start()
        self.assertEqual(container.check_health(), "healthy")

        container.signal_process(signal.SIGSTOP)
        # Failures count from the end of the start period on, and three in a row decide.
        eventually(lambda: container.check_health() == "unhealthy", "unhealthy", 60)
        container.signal_process(signal.SIGCONT)

        self.assertEqual(container.check_health(), "healthy")


class Ends(ImageTest):
    def test_stop_closes_clients_with_1001_and_exits_with_0(self):
        container = self.start("--drain-seconds", "8")
        clients = [self.connect(container.port(8000)) for _ in range(20)]

        container.signal_process(signal.SIGTERM)
        health = podman("exec", container.name, "waggle", "health", check=False)
        closes = [(client.receive_close(), time.monotonic()) for client in clients]
        moments = [moment for _, moment in closes]

        self.assertEqual(health.returncode, 1)
        self.assertIn("503", health.stderr)
        self.assertIn("draining", health.stderr)
        self.assertEqual({code for code, _ in closes}, {1001})
        self.assertGreater(max(moments) - min(moments), 2)  # spread over the window
        eventually(lambda: container.inspect(".State.Status") == "exited", "the end", 60)
        self.assertEqual(container.inspect(".State.ExitCode"), "0")

    def test_stop_of_the_engine_waits_for_the_clients(self):
        container = self.start("--drain-seconds", "2")
        clients = self.relay_an_offer(container.port(8000))

        podman("stop", "--time=30", container.name)

        self.assertEqual([client.receive_close() for client in clients], [1001, 1001])
        self.assertEqual(container.inspect(".State.ExitCode"), "0")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Compose(ImageTest):
    def compose(self, *arguments, check=True):
        return run("podman-compose", "--project-name", PREFIX, "--file", "docker/compose.yml",
                   "--file", f"{FOLDER}/limits.yml", *arguments, check=check, env=os.environ | self.environment)

    def provide_prometheus(self):
        """The image of Prometheus that compose.yml names: pulled, or made of Debian's package."""
        name = prometheus_of_compose()
        if podman("image", "exists", name, check=False).returncode == 0:
            return
        if run("timeout", "60", "podman", "pull", "--quiet", name, check=False).returncode == 0:
            return
        print(f"{name} cannot be pulled; Debian's package stands in", file=sys.stderr)
        base = "docker.io/library/debian:bookworm-slim"
        if podman("image", "exists", base, check=False).returncode != 0:
            base = "localhost/waggle-base:bookworm"
        run("buildah", "bud", "--format=docker", "--isolation=chroot", "--layers",
            f"--build-arg=BASE={base}", f"--tag={STAND_IN}", "tests/image/prometheus.Dockerfile")
        podman("tag", STAND_IN, name)
        self.addCleanup(podman, "untag", STAND_IN, name)

    def setUp(self):
        ports = ("WAGGLE_CLIENT_PORT", "WAGGLE_INTERNAL_PORT", "PROMETHEUS_PORT")
        self.environment = {"WAGGLE_IMAGE": IMAGE} | {name: str(free_port()) for name in ports}
        self.environment["WAGGLE_ADMIN_TOKEN"] = "of-the-compose-test"
        self.provide_prometheus()
        self.addCleanup(podman, "network", "rm", "--force", f"{PREFIX}_default", check=False)
        self.addCleanup(self.compose, "down", "--volumes", check=False)
        # Without Grafana, which Debian does not package: tests/deployment reads what it is given.
        self.compose("up", "--detach", "--no-build", "waggle", "prometheus")

    def prometheus(self, target):
        text = http_get(self.environment["PROMETHEUS_PORT"], f"/api/v1/{target}")
        return json.loads(text)["data"] if text else {}

    def test_comes_up_and_prometheus_scrapes_the_server(self):
        def target_is_up():
            targets = self.prometheus("targets").get("activeTargets", [])
            return [(t["labels"]["job"], t["health"]) for t in targets] == [("waggle", "up")]

        def offers_in_prometheus():
            found = self.prometheus("query?query=waggle_offers_relayed_total").get("result", [])
            return [series["value"][1] for series in found]

        eventually(target_is_up, "Prometheus sees the server", 90)
        self.relay_an_offer(int(self.environment["WAGGLE_CLIENT_PORT"]))
        eventually(lambda: offers_in_prometheus() == ["1"], "the offer is in Prometheus", 60)

        rules = self.prometheus("rules")["groups"][0]["rules"]
        self.assertEqual([rule["lastError"] for rule in rules if rule.get("lastError")], [])
        self.assertGreaterEqual({rule["name"] for rule in rules}, {"WaggleDown", "WaggleShedsRelays"})

    def test_completions_outlive_the_containers(self):
        swarm, internal = "image-test-completed", self.environment["WAGGLE_INTERNAL_PORT"]

        def connect():
            eventually(lambda: http_get(internal, "/readyz"), "the server is ready")
            return self.connect(int(self.environment["WAGGLE_CLIENT_PORT"]))

        complete(connect(), swarm)
        self.assertTrue(http_get(internal, "/api/v1/overview", self.environment["WAGGLE_ADMIN_TOKEN"]))
        self.compose("down")
        self.assertIsNone(http_get(internal, "/healthz"))
        self.environment["WAGGLE_ADMIN_TOKEN"] = ""
        self.compose("up", "--detach", "--no-build", "waggle")
        self.assertEqual(completions(connect(), swarm), 1)
        self.assertIsNone(http_get(internal, "/ui/"))  # there is no token now, and none by mistake


def remove_everything():
    """What an interrupted test left: unittest cleans up after failures, not after interruptions."""
    names = podman("ps", "--all", "--format={{.Names}}", f"--filter=name={PREFIX}").stdout.split()
    for name in names:
        podman("rm", "--force", "--time=0", "--volumes", name, check=False)
    podman("network", "rm", "--force", f"{PREFIX}_default", check=False)
    podman("volume", "rm", "--force", f"{PREFIX}_prometheus", f"{PREFIX}_waggle", check=False)
    podman("untag", STAND_IN, prometheus_of_compose(), check=False)


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupt)
    loader = unittest.defaultTestLoader
    module = sys.modules["__main__"]
    chosen = sys.argv[3:]
    tests = loader.loadTestsFromNames(chosen, module) if chosen else loader.loadTestsFromModule(module)
    try:
        result = unittest.TextTestRunner(verbosity=2).run(tests)
    finally:
        remove_everything()
    bad = len(result.failures) + len(result.errors)
    print(f"\n{result.testsRun - bad} passed, {bad} failed")
    sys.exit(0 if bad == 0 and result.testsRun > 0 else 1)


if __name__ == "__main__":
    main()
