# SPDX-License-Identifier: Apache-2.0
"""What docker/compose.yml, Prometheus' configuration and Grafana's provisioning say of each other."""

import json
import subprocess
import sys
import unittest

from checkout import ROOT, read_yaml, seconds

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

FILE = ROOT / "docker/grafana/dashboards/waggle.json"


def mounts(service):
    """Target -> source of its volumes."""
    return {parts[1]: parts[0] for parts in (volume.split(":") for volume in service["volumes"])}


def lost(have, kept, path=""):
    """Where what Grafana's own model kept is not what we wrote."""
    if isinstance(have, dict) and isinstance(kept, dict):
        for name, value in have.items():
            yield from lost(value, kept[name], f"{path}/{name}") if name in kept else [f"{path}/{name}"]
    elif isinstance(have, list) and isinstance(kept, list) and len(have) == len(kept):
        for at, (one, other) in enumerate(zip(have, kept)):
            yield from lost(one, other, f"{path}/{at}")
    elif have != kept:
        yield f"{path}: {have!r} became {kept!r}"


class Compose(unittest.TestCase):
    def setUp(self):
        self.compose = read_yaml("docker/compose.yml")
        self.services = self.compose["services"]

    def test_what_is_mounted_exists(self):
        for name, service in self.services.items():
            for target, source in mounts(service).items():
                if source.startswith("."):
                    self.assertTrue((ROOT / "docker" / source).exists(), f"{name}: {source} at {target}")
                else:
                    self.assertIn(source, self.compose["volumes"], name)

    def test_only_the_clients_port_is_for_everybody(self):
        published = {name: service["ports"] for name, service in self.services.items()}
        everybody = [port for ports in published.values() for port in ports
                     if not port.startswith("127.0.0.1:")]
        self.assertEqual(everybody, ["${WAGGLE_CLIENT_PORT:-8000}:8000"])
        self.assertEqual(len(published), 3)

    def test_server_has_time_to_drain_and_a_place_to_write(self):
        server = self.services["waggle"]
        self.assertGreater(seconds(server["stop_grace_period"]), 5 + 2)
        self.assertEqual(mounts(server)["/var/lib/waggle"], "waggle")
        self.assertTrue(server["read_only"])
        self.assertEqual(server["environment"]["WAGGLE_STORAGE_URL"], "sqlite:/var/lib/waggle/waggle.db")

    def test_without_a_token_of_your_own_there_is_none(self):
        self.assertEqual(self.services["waggle"]["environment"]["WAGGLE_ADMIN_TOKEN"], "${WAGGLE_ADMIN_TOKEN}")

    def test_prometheus_scrapes_the_internal_port_of_the_server(self):
        (job,) = read_yaml("docker/prometheus/prometheus.yml")["scrape_configs"]
        self.assertEqual(job["job_name"], "waggle")  # the alerts ask for it
        self.assertEqual(job["static_configs"], [{"targets": ["waggle:8001"]}])
        self.assertTrue(any(port.endswith(":8001") for port in self.services["waggle"]["ports"]))
        path = mounts(self.services["prometheus"])["/etc/prometheus"]
        for name in read_yaml("docker/prometheus/prometheus.yml")["rule_files"]:
            self.assertTrue((ROOT / "docker" / path / name).exists())


class Grafana(unittest.TestCase):
    def setUp(self):
        self.service = read_yaml("docker/compose.yml")["services"]["grafana"]
        self.dashboard = json.loads(FILE.read_text(encoding="utf-8"))

    def test_dashboard_is_current(self):
        want = subprocess.run([sys.executable, ROOT / "docker/grafana/dashboard.py"], check=True,
                              capture_output=True, text=True).stdout
        self.assertEqual(FILE.read_text(encoding="utf-8"), want,
                         "docker/grafana/dashboard.py > docker/grafana/dashboards/waggle.json")

    def test_grafana_knows_every_field_of_the_dashboard(self):
        register_default_plugins()
        kept = json.loads(JSONEncoder().encode(Dashboard.from_json(self.dashboard)))
        self.assertEqual(list(lost(self.dashboard, kept)), [])

    def test_panels_lie_beside_each_other(self):
        taken = set()
        for panel in self.dashboard["panels"]:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            self.assertFalse(taken & cells, panel["title"])
            taken |= cells
        numbers = [panel["id"] for panel in self.dashboard["panels"]]
        self.assertEqual(len(set(numbers)), len(numbers))

    def test_queries_go_to_the_source_that_is_chosen_above(self):
        variables = {one["name"]: one for one in self.dashboard["templating"]["list"]}
        self.assertEqual(variables["datasource"]["type"], "datasource")
        for panel in self.dashboard["panels"]:
            for target in panel.get("targets", []):
                self.assertEqual(target["datasource"]["uid"], "${datasource}", panel["title"])
                self.assertIn('instance=~"$instance"', target["expr"], panel["title"])

    def test_source_is_the_prometheus_of_the_compose_file(self):
        (source,) = read_yaml("docker/grafana/provisioning/datasources/prometheus.yml")["datasources"]
        self.assertEqual(source["type"], "prometheus")
        self.assertEqual(source["url"], "http://prometheus:9090")
        self.assertIn("prometheus", read_yaml("docker/compose.yml")["services"])
        pace = read_yaml("docker/prometheus/prometheus.yml")["global"]["scrape_interval"]
        self.assertEqual(source["jsonData"]["timeInterval"], pace)

    def test_dashboard_lies_where_grafana_looks(self):
        (provider,) = read_yaml("docker/grafana/provisioning/dashboards/waggle.yml")["providers"]
        folder = provider["options"]["path"]
        self.assertEqual((ROOT / "docker" / mounts(self.service)[folder]).resolve(), FILE.parent)
        self.assertEqual(self.service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"],
                         f"{folder}/{FILE.name}")
        self.assertEqual((ROOT / "docker" / mounts(self.service)["/etc/grafana/provisioning"]).resolve(),
                         ROOT / "docker/grafana/provisioning")


if __name__ == "__main__":
    unittest.main()
