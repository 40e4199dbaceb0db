# SPDX-License-Identifier: Apache-2.0
"""The manifests of docker/k8s: against Kubernetes' schemas, against each other, against the server."""

import re
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

import kubernetes_validate
import yaml

from checkout import BUILD, PATIENCE, ROOT, WAGGLE, run

sys.path.append(str(ROOT / "tests/load"))
from servers import Waggle  # noqa: E402

OLDEST, NEWEST = "1.30", "1.37"
FOLDER = ROOT / "docker/k8s"


def documents():
    """kind -> manifest; every file has one."""
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*"))]
    return {one["kind"]: one for one in found}


def bytes_of(quantity):
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", quantity).groups()
    return int(number) * {"Mi": 1 << 20, "Gi": 1 << 30}[unit]


class Manifests(unittest.TestCase):
    def setUp(self):
        self.all = documents()
        self.pod = self.all["Deployment"]["spec"]["template"]
        (self.container,) = self.pod["spec"]["containers"]
        self.ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}

    def configuration(self):
        return self.all["ConfigMap"]["data"]["waggle.json"]

    def setting(self, name):
        return float(re.search(rf'"{name}": ([\d.]+)', self.configuration()).group(1))

    def test_schemas_accept_them(self):
        self.assertEqual(len(self.all), len(list(FOLDER.glob("*"))))
        self.assertEqual(set(self.all), {"ConfigMap", "Deployment", "Service", "PodDisruptionBudget",
                                         "NetworkPolicy", "PersistentVolumeClaim"})
        for version in (OLDEST, NEWEST):
            for manifest in self.all.values():
                self.assertEqual(kubernetes_validate.validate(manifest, version, strict=True), version)

    def test_schemas_accept_the_certificate_of_the_documentation(self):
        page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        (text,) = re.findall(r"```yaml\n(# into the pod of docker/k8s/deployment.yaml.*?)```", page, re.DOTALL)
        addition = yaml.safe_load(text)
        (container,) = addition["containers"]
        self.assertEqual(container["name"], self.container["name"])
        self.container["env"] += container["env"]
        self.container["volumeMounts"] += container["volumeMounts"]
        self.pod["spec"]["volumes"] += addition["volumes"]
        kubernetes_validate.validate(self.all["Deployment"], NEWEST, strict=True)
        self.assertEqual({one["name"] for one in self.container["volumeMounts"]},
                         {one["name"] for one in self.pod["spec"]["volumes"]})
        # The files are for the group of the pod.
        self.assertEqual(self.pod["spec"]["securityContext"]["fsGroup"],
                         self.pod["spec"]["securityContext"]["runAsGroup"])

    def test_everything_finds_its_pods(self):
        labels = self.pod["metadata"]["labels"].items()
        for selector in (self.all["Deployment"]["spec"]["selector"]["matchLabels"],
                         self.all["Service"]["spec"]["selector"],
                         self.all["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
                         self.all["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]):
            self.assertTrue(selector)
            self.assertLessEqual(selector.items(), labels)

    def test_the_service_leads_to_the_clients_port_and_to_no_other(self):
        (port,) = self.all["Service"]["spec"]["ports"]
        self.assertEqual(self.ports[port["targetPort"]], 8000)
        annotations = self.pod["metadata"]["annotations"]
        self.assertEqual(int(annotations["prometheus.io/port"]), self.ports["internal"])

    def test_ports_of_the_network_policy_are_those_of_the_container(self):
        rules = {rule["ports"][0]["port"]: rule for rule in self.all["NetworkPolicy"]["spec"]["ingress"]}
        self.assertEqual(set(rules), set(self.ports))
        self.assertNotIn("from", rules["clients"])
        self.assertTrue(rules["internal"]["from"])

    def test_probes_answer(self):
        server = Waggle(BUILD)
        self.addCleanup(server.stop)
        for name, path in (("startupProbe", "/healthz"), ("readinessProbe", "/readyz"),
                           ("livenessProbe", "/healthz")):
            probe = self.container[name]["httpGet"]
            self.assertEqual((probe["path"], self.ports[probe["port"]]), (path, 8001))
            with urllib.request.urlopen(server.internal + probe["path"], timeout=PATIENCE) as answer:
                self.assertEqual(answer.status, 200)

    def test_pod_has_the_time_to_drain(self):
        grace = self.pod["spec"]["terminationGracePeriodSeconds"]
        pause = self.container["lifecycle"]["preStop"]["sleep"]["seconds"]
        self.assertGreater(grace, pause + self.setting("drain_seconds") + 2)

    def test_server_accepts_the_configuration(self):
        (mount,) = [one for one in self.container["volumeMounts"] if one["name"] == "config"]
        dockerfile = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")
        self.assertIn(f"WAGGLE_CONFIG={mount['mountPath']}/waggle.json", dockerfile)
        # With what the comments propose, too.
        proposed = re.sub(r"// (\".*)", r"\1", self.configuration())
        self.assertNotEqual(proposed, self.configuration())
        for text in (self.configuration(), proposed):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "waggle.json"
                path.write_text(text, encoding="utf-8")
                run(WAGGLE, "check-config", "--config", path)

    def test_facts_are_on_the_claim_and_one_pod_at_a_time_has_it(self):
        claim, deployment = self.all["PersistentVolumeClaim"], self.all["Deployment"]["spec"]
        (volume,) = [one for one in self.pod["spec"]["volumes"] if "persistentVolumeClaim" in one]
        self.assertEqual(volume["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"])
        (mount,) = [one for one in self.container["volumeMounts"] if one["name"] == volume["name"]]
        self.assertFalse(mount.get("readOnly", False))
        (url,) = [one["value"] for one in self.container["env"] if one["name"] == "WAGGLE_STORAGE_URL"]
        self.assertEqual(url, f"sqlite:{mount['mountPath']}/waggle.db")
        self.assertEqual(claim["spec"]["accessModes"], ["ReadWriteOnce"])
        self.assertEqual((deployment["replicas"], deployment["strategy"]), (1, {"type": "Recreate"}))
        self.assertEqual(self.pod["spec"]["securityContext"]["fsGroup"], 65532)
        # Ten times the 30 MB that a full store takes (docs/operations.md).
        self.assertGreater(bytes_of(claim["spec"]["resources"]["requests"]["storage"]), 300 << 20)

    def test_server_takes_the_variables(self):
        names = {one["name"] for one in self.container["env"]}
        self.assertEqual(names, {"WAGGLE_STORAGE_URL", "WAGGLE_ADMIN_TOKEN"})
        # Those that it does not know are refused.
        run(WAGGLE, "check-config", env={name: "memory:" for name in names})

    def test_container_may_do_nothing_that_it_need_not(self):
        dockerfile = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")
        user = int(re.search(r"^USER (\d+)", dockerfile, re.MULTILINE).group(1))
        self.assertEqual(self.pod["spec"]["securityContext"]["runAsUser"], user)
        self.assertIs(self.pod["spec"]["securityContext"]["runAsNonRoot"], True)
        self.assertEqual(self.container["securityContext"], {
            "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]}})

    def test_memory_limit_leaves_room_for_the_queues(self):
        # session.outbox_bytes_total_max and session.partial_bytes_total_max by default, twice.
        limit = bytes_of(self.container["resources"]["limits"]["memory"])
        self.assertGreaterEqual(limit, 2 * (256 + 64) << 20)


if __name__ == "__main__":
    unittest.main()
