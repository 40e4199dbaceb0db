#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The document of the admin API is valid OpenAPI 3.1, and what is answered fits its schemas.

usage: openapi_test.py SERVER ANSWERING_TEST

Answers come from ANSWERING_TEST, a unit test that writes down those of a server it made up
(WAGGLE_API_ANSWERS), and from SERVER, which is started and asked everything that can be read.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).resolve().parents[2] / "server/control/api/openapi.json"
PREFIX = "/api/v1"
HASH = "00112233445566778899aabbccddeeff00112233"
PATIENCE = 20  # seconds


def pointer(*parts):
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


class Description:
    """The document, and whether an answer is one that it allows."""

    def __init__(self, document):
        self.document = document
        resource = Resource(contents=document, specification=DRAFT202012)
        self.registry = Registry().with_resource("urn:api", resource)
        self.seen = set()  # "get /overview 200"

    def template_of(self, path):
        for template in self.document["paths"]:
            if re.fullmatch(re.sub(r"\{[^/]*\}", "[^/]+", template), path):
                return template
        return None

    def problems(self, method, target, status, content_type, body):
        path = target.split("?")[0]
        template = self.template_of(path)
        operations = self.document["paths"].get(template, {})
        if template is None or method.lower() not in operations:
            # What is not in the document is refused, and that has a form as well.
            if status not in (401, 403, 404, 405, 415):
                return [f"{status} of what is not in the document"]
            return self.errors("components", "schemas", "problem", value=json.loads(body))
        where = ["paths", template, method.lower(), "responses", str(status)]
        answers = operations[method.lower()]["responses"]
        if str(status) not in answers:
            return [f"status {status} is not in the document"]
        self.seen.add(f"{method.lower()} {template} {status}")
        answer = answers[str(status)]
        if "$ref" in answer:
            where = answer["$ref"].removeprefix("#/").split("/")
            answer = self.document["components"]["responses"][where[-1]]
        if "content" not in answer:
            return ["a body where there should be none"] if body else []
        if content_type not in answer["content"]:
            return [f"content type {content_type} is not in the document"]
        if "json" not in content_type:
            return []
        return self.errors(*where, "content", content_type, "schema", value=json.loads(body))

    def errors(self, *where, value):
        schema = {"$ref": f"urn:api#/{pointer(*where)}"}
        validator = Draft202012Validator(schema, registry=self.registry)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


class Server:
    """A server for one test, on ports of its own."""

    def __init__(self, program):
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--internal", "127.0.0.1:0",
             "--cores", "2", "--drain-seconds", "0"],
            stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        internal = next(word for word in words if word.startswith("internal="))
        self.url = internal.removeprefix("internal=") + PREFIX

    def ask(self, method, target, body=None):
        """@return status, content type, body"""
        request = urllib.request.Request(
            self.url + target, method=method, data=None if body is None else body.encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.headers.get_content_type(), answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers.get_content_type(), refused.read().decode()

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        return self.process.returncode


class OpenApi(unittest.TestCase):
    server_program = ""
    answering_test = ""

    def setUp(self):
        self.description = Description(json.loads(DOCUMENT.read_text(encoding="utf-8")))

    def assert_fits(self, method, target, answer):
        problems = self.description.problems(method, target, *answer)
        self.assertEqual(problems, [], f"{method} {target} -> {answer[0]} {answer[2][:500]}")

    def test_document_is_valid(self):
        OpenAPIV31SpecValidator(self.description.document).validate()

    def test_checks_find_what_does_not_fit(self):
        fits = self.description.problems
        self.assertEqual(fits("GET", "/watched", 200, "application/json", '{"items":[]}'), [])
        self.assertNotEqual(fits("GET", "/watched", 200, "application/json", '{"items":["xy"]}'), [])
        self.assertNotEqual(fits("GET", "/watched", 200, "application/json", "{}"), [])
        self.assertNotEqual(fits("GET", "/watched", 200, "text/plain", '{"items":[]}'), [])
        self.assertNotEqual(fits("GET", "/watched", 418, "application/json", "{}"), [])
        self.assertNotEqual(fits("GET", "/nowhere", 200, "application/json", "{}"), [])

    def test_every_answer_of_the_unit_test_fits(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "answers.jsonl"
            subprocess.run([self.answering_test, "--gtest_brief=1"], check=True,
                           env={**os.environ, "WAGGLE_API_ANSWERS": str(path)},
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
            answers = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for one in answers:
            found = re.search(r"^content-type: ([^;\r\n]*)", one["head"], re.I | re.M)
            content_type = found.group(1).strip() if found else ""
            if one["status"] == 404 and content_type == "application/json":
                continue  # the API was not there at all
            self.assert_fits(one["method"], one["target"],
                             (one["status"], content_type, one["body"]))
        # Every operation was seen to succeed; the stream of events is no JSON to hold to a schema.
        wanted = {f"{method} {path}" for path, item in self.description.document["paths"].items()
                  for method in item if method != "parameters"}
        succeeded = {row.rsplit(" ", 1)[0] for row in self.description.seen if row[-3] == "2"}
        self.assertEqual(wanted - succeeded, {"get /events"})

    def test_every_page_of_the_server_fits(self):
        server = Server(self.server_program)
        try:
            for template, item in self.description.document["paths"].items():
                target = template.replace("{info_hash}", HASH).replace("{id}", "1")
                if "get" in item and target != "/events":
                    self.assert_fits("GET", target, server.ask("GET", target))
            for method, target, body in (
                    ("PUT", f"/swarms/{HASH}/watch", ""),
                    ("DELETE", f"/swarms/{HASH}/watch", ""),
                    ("POST", "/bans", '{"kind":"info_hash","value":"' + HASH + '","lasts_seconds":60}'),
                    ("POST", "/bans", '{"kind":"moon"}'),
                    ("DELETE", "/bans/1", ""),
                    ("DELETE", "/bans/1", ""),
                    ("PUT", "/log/levels", '{"area":"net","level":"debug"}'),
                    ("PUT", "/log/levels", '{"area":"moon","level":"debug"}'),
                    ("POST", "/reload", ""),
                    ("GET", "/swarms?limit=0", None),
                    ("GET", "/audit", None),
                    ("POST", "/overview", ""),
                    ("GET", "/nowhere", None)):
                self.assert_fits(method, target, server.ask(method, target, body))
        finally:
            code = server.stop()
        self.assertEqual(code, 0)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    OpenApi.server_program, OpenApi.answering_test = (str(Path(word).resolve()) for word in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
