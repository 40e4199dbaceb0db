# SPDX-License-Identifier: Apache-2.0
"""Every query of the dashboard and of the alerts, asked of a real Prometheus.

It scrapes a server with a store that clients announce to over TLS, exchange offers and answers with, and send
junk to; somebody is banned from it, and its configuration is loaded again.
"""

import json
import math
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

from checkout import BUILD, PATIENCE, ROOT, eventually, read_yaml, run

sys.path += [str(ROOT / "tests/load"), str(ROOT / "tests/image")]
from servers import Waggle  # noqa: E402
from websocket import WebSocket  # noqa: E402

SCRAPE = "500ms"
RATE_INTERVAL = "10s"
# What the load causes for certain: these must not only be there.
MOVES = ("waggle_peers", "waggle_connections", "waggle_messages_received_total",
         "waggle_offers_relayed_total", "waggle_answers_relayed_total", "waggle_handshakes_failed_total",
         "waggle_storage_facts_written_total", "waggle_bans_enforced_total", "waggle_config_reloads_total",
         "process_cpu_seconds_total", "waggle_tls_certificate_not_after_timestamp_seconds")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dashboard():
    return json.loads((ROOT / "docker/grafana/dashboards/waggle.json").read_text(encoding="utf-8"))


def queries_of_dashboard():
    """(panel, query as Grafana would send it) of each series of each panel."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$__rate_interval", RATE_INTERVAL).replace("$instance", ".*")
            yield panel["title"], query


def asked_always(rule):
    """The expression with each comparison answering 0 or 1 instead of nothing: an alert on a metric that is
    not there would keep still for ever."""
    parts = re.split(r"(\{[^}]*\})", rule["expr"])
    return "".join(part if part.startswith("{") else re.sub(r"(==|!=|>=|<=|>|<)", r"\1 bool", part)
                   for part in parts)


class Prometheus:
    """Debian's program with the configuration of docker/prometheus, but for the target and the pace."""

    def __init__(self, folder, target):
        config = read_yaml("docker/prometheus/prometheus.yml")
        config["global"] = {"scrape_interval": SCRAPE, "evaluation_interval": SCRAPE}
        config["rule_files"] = [str(ROOT / "docker/prometheus" / name) for name in config["rule_files"]]
        (job,) = config["scrape_configs"]
        job["static_configs"] = [{"targets": [target]}]
        path = Path(folder) / "prometheus.yml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        self.address = f"127.0.0.1:{free_port()}"
        self.log = open(Path(folder) / "prometheus.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={path}", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address={self.address}"], stdout=self.log, stderr=self.log)

    def ask(self, path, **arguments):
        """`data` of the answer; nothing while the program starts."""
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return {}
            raise AssertionError(f"{arguments}: {error.read().decode()}") from error
        except OSError:
            if self.process.poll() is not None:
                self.log.seek(0)
                raise AssertionError(f"Prometheus ended:\n{self.log.read()}") from None
            return {}

    def figures(self, query):
        """The values of an instant query: numbers, no NaN."""
        found = [float(series["value"][1]) for series in self.ask("query", query=query).get("result", [])]
        return [] if any(math.isnan(value) for value in found) else found

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)
        self.log.close()


class Queries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        certificate, key = f"{folder.name}/cert.pem", f"{folder.name}/key.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "60", "-subj", "/CN=waggle", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", key, "-out", certificate)
        server = Waggle(BUILD, f"storage.url=sqlite:{folder.name}/waggle.db", tls=(certificate, key))
        cls.addClassCleanup(server.stop)
        load = subprocess.Popen(
            [BUILD / "waggle-load", "fair", "--connect", server.address, "--tls", "--connections", "30",
             "--swarms", "3", "--interval", "1", "--warm-seconds", "0", "--seconds", "100", "--seconds-max",
             "120"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(load.wait, PATIENCE)
        cls.addClassCleanup(load.terminate)
        host, port = server.address.rsplit(":", 1)
        for _ in range(3):
            with socket.create_connection((host, int(port)), PATIENCE) as junk:
                junk.sendall(b"this is no TLS\r\n\r\n")
        cls.operate(server, ssl.create_default_context(cafile=certificate))
        cls.prometheus = Prometheus(folder.name, server.internal.removeprefix("http://"))
        cls.addClassCleanup(cls.prometheus.stop)
        eventually(lambda: cls.moving("waggle_answers_relayed_total"), "answers in Prometheus")

    @classmethod
    def operate(cls, server, tls):
        """What an operator does: a ban, which a client runs into, and a reload."""
        def post(path, **body):
            url = f"{server.internal}/api/v1/{path}"
            request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=PATIENCE).close()

        swarm = "banned-by-the-test-1"
        post("bans", kind="info_hash", value=swarm.encode().hex(), reason="a test")
        client = WebSocket(int(server.address.rsplit(":", 1)[1]), tls)
        cls.addClassCleanup(client.close)

        def refused():
            client.send({"action": "announce", "event": "started", "info_hash": swarm, "numwant": 0, "left": 1,
                         "peer_id": "-WW0001-aaaaaaaaaaaa", "uploaded": 0, "downloaded": 0, "offers": []})
            client.receive()
            return re.search(r'waggle_bans_enforced_total{what="announce"} [1-9]', server.page("/metrics"))

        eventually(refused, "the ban holds")
        post("reload")

    @classmethod
    def moving(cls, name):
        """Whether it is more than zero, a counter meanwhile or from the start."""
        return any(value > 0 for value in cls.prometheus.figures(f"sum({name})"))

    def await_data(self, queries):
        """Fails with those (name, query) that return nothing."""
        missing = list(queries)
        self.assertTrue(missing)

        def all_answered():
            missing[:] = [each for each in missing if not self.prometheus.figures(each[1])]
            return not missing

        eventually(all_answered, lambda: "no data from " + "\n".join(map(str, missing)), 15)

    def test_every_panel_of_the_dashboard_has_data(self):
        titles = {panel["title"] for panel in dashboard()["panels"] if panel["type"] != "row"}
        queries = list(queries_of_dashboard())
        self.assertEqual({title for title, _ in queries}, titles)
        self.await_data(queries)

    def test_the_load_shows_in_what_the_dashboard_draws(self):
        drawn = " ".join(query for _, query in queries_of_dashboard())
        for name in MOVES:
            self.assertIn(f"{name}{{", drawn)
            eventually(lambda: self.moving(name), f"{name} moves")

    def test_the_choice_of_servers_has_the_server(self):
        (choice,) = [one for one in dashboard()["templating"]["list"] if one["type"] == "query"]
        metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", choice["query"]).groups()
        found = self.prometheus.ask(f"label/{label}/values", **{"match[]": metric})
        self.assertEqual(len(found), 1)

    def test_every_alert_reads_metrics_that_are_there(self):
        groups = read_yaml("docker/prometheus/alerts.yml")["groups"]
        self.await_data((rule["alert"], asked_always(rule)) for group in groups for rule in group["rules"])

    def test_no_alert_fires_or_fails_on_a_server_that_is_well(self):
        def rules():
            found = [rule for group in self.prometheus.ask("rules").get("groups", [])
                     for rule in group["rules"]]
            return found if all(rule["health"] != "unknown" for rule in found) else []

        found = eventually(rules, "the rules were evaluated")
        self.assertEqual([rule for rule in found if rule["health"] != "ok"], [])
        self.assertEqual(self.prometheus.ask("alerts")["alerts"], [])


if __name__ == "__main__":
    unittest.main()
