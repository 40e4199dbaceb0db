# SPDX-License-Identifier: Apache-2.0
"""The proxy that docs/operations.md puts before the admin API, in a real nginx."""

import json
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from checkout import BUILD, PATIENCE, ROOT, eventually, run

sys.path.append(str(ROOT / "tests/load"))
from servers import Waggle  # noqa: E402

TOKEN = "of-the-proxy-test"
NAME = "waggle-admin.example.org"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def snippet():
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```nginx\n# /etc/nginx/conf.d/waggle-admin.conf\n(.*?)```", page, re.DOTALL)
    return text


class AdminProxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        cls.folder.chmod(0o755)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1",
            "-keyout", cls.folder / "privkey.pem", "-out", cls.folder / "fullchain.pem")
        cls.tls = ssl.create_default_context(cafile=cls.folder / "fullchain.pem")

    def start(self, *settings, allowed="127.0.0.0/8"):
        """A server and, before it, nginx; where that listens."""
        server = Waggle(BUILD, *settings)
        self.addCleanup(server.stop)
        port = free_port()
        text = snippet()
        for old, new in (("443 ssl", f"127.0.0.1:{port} ssl"), (f"/etc/ssl/{NAME}", str(self.folder)),
                         ("http://127.0.0.1:8001", server.internal), ("10.0.0.0/8", allowed)):
            self.assertIn(old, text)
            text = text.replace(old, new)
        configuration = self.folder / f"{port}.conf"
        configuration.write_text(
            f"daemon off;\nmaster_process off;\npid {port}.pid;\nerror_log stderr crit;\nevents {{}}\n"
            f"http {{\naccess_log off;\nclient_body_temp_path {port}-body;\nproxy_temp_path {port}-proxy;\n"
            f"fastcgi_temp_path {port}-fastcgi;\nuwsgi_temp_path {port}-uwsgi;\nscgi_temp_path {port}-scgi;\n"
            f"{text}}}\n", encoding="utf-8")
        nginx = subprocess.Popen(["nginx", "-p", self.folder, "-c", configuration, "-e", "stderr"])
        self.addCleanup(nginx.wait, PATIENCE)
        self.addCleanup(nginx.terminate)
        url = f"https://127.0.0.1:{port}"
        eventually(lambda: nginx.poll() is None and self.listens(port), "nginx listens")
        return url

    @staticmethod
    def listens(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def ask(self, url, token=None, host=NAME):
        """The answer, open; an error's status is its `status`."""
        fields = {"Host": host} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            answer = urllib.request.urlopen(urllib.request.Request(url, headers=fields), timeout=PATIENCE,
                                            context=self.tls)
        except urllib.error.HTTPError as error:
            answer = error
        self.addCleanup(answer.close)
        return answer

    def test_who_shows_the_token_reaches_api_dashboard_and_events(self):
        url = self.start(f"admin.token={TOKEN}")
        self.assertEqual(self.ask(f"{url}/ui/").status, 200)
        self.assertEqual(self.ask(f"{url}/api/v1/overview").status, 401)
        self.assertEqual(self.ask(f"{url}/api/v1/overview", "another").status, 401)
        self.assertIn("peers", json.dumps(json.load(self.ask(f"{url}/api/v1/overview", TOKEN))))
        events = self.ask(f"{url}/api/v1/events", TOKEN)
        self.assertEqual(events.headers["Content-Type"].split(";")[0], "text/event-stream")
        # As they come, one each second.
        seen = [events.readline() for _ in range(4)]
        self.assertTrue(any(line.startswith(b"event: overview") for line in seen), seen)

    def test_without_a_token_nothing_is_open_by_mistake(self):
        url = self.start()
        self.assertEqual(self.ask(f"{url}/api/v1/overview").status, 403)
        self.assertEqual(self.ask(f"{url}/api/v1/config").status, 403)

    def test_other_networks_are_turned_away_before_the_server(self):
        url = self.start(f"admin.token={TOKEN}", allowed="192.0.2.0/24")
        answer = self.ask(f"{url}/api/v1/overview", TOKEN)
        self.assertEqual((answer.status, b"nginx" in answer.read()), (403, True))


if __name__ == "__main__":
    unittest.main()
