# SPDX-License-Identifier: Apache-2.0
"""The servers that load tests start: each on ports of its own, ended when the test is over."""
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

KIB, MIB = 1024, 1024 * 1024
# For loads in which one connection says more than the quota of one client.
UNMETERED = ("session.messages_per_second=0", "session.bytes_per_second=0")
PATIENCE = 60  # seconds that a server has for what takes it milliseconds
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A server process, pinned to the processors `cpus` if that is given ("0", "0-1")."""

    def __init__(self, command, cpus=None, log=None):
        pin = ["taskset", "-c", cpus] if cpus else []
        self.process = subprocess.Popen([*pin, *map(str, command)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            self.await_ready()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.stop()

    def await_ready(self):
        """Reads the line that says where the server listens."""
        self.ready_line = self.process.stdout.readline()
        found = re.search(r"client=wss?://(\S+)", self.ready_line)
        if not found:
            raise RuntimeError(f"no ready line but {self.ready_line!r}")
        self.address = found.group(1)

    def stop(self):
        """SIGTERM; the exit code. Whoever does not end in time is killed."""
        self.process.terminate()
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.process.stdout.close()

    def resident(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * KIB

    def cpu_seconds(self):
        """User and system time of all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) / CLOCK_TICKS, int(fields[12]) / CLOCK_TICKS


class Waggle(Server):
    """The server under test, with its default settings but for those given as `section.key=value`.

    tls: the files of certificate and key; then its only listener is a TLS one.
    """

    def __init__(self, build, *settings, cores=2, tls=None, cpus=None, log=None):
        flags = [part for one in settings for part in ("--set", one)]
        if tls:
            listen = ["--listen-tls", "127.0.0.1:0", "--tls-cert", tls[0], "--tls-key", tls[1]]
        else:
            listen = ["--listen", "127.0.0.1:0"]
        super().__init__([Path(build) / "waggle", "serve", *listen, "--internal", "127.0.0.1:0",
                          "--cores", cores, "--drain-seconds", "0", "--log-level", "warn", *flags],
                         cpus, log)
        self.internal = re.search(r"internal=(\S+)", self.ready_line).group(1)

    def page(self, path):
        with urllib.request.urlopen(self.internal + path, timeout=PATIENCE) as answer:
            return answer.read().decode()


class Floor(Server):
    """The bare epoll tracker of tests/load/floor."""

    def __init__(self, build, cpus=None, log=None):
        super().__init__([Path(build) / "waggle-floor", "--listen", "127.0.0.1:0"], cpus, log)


class BittorrentTracker(Server):
    """bittorrent-tracker as peers/install.sh installed it."""

    def __init__(self, peers, cpus=None, log=None):
        program = Path(peers) / "node" / "bittorrent-tracker.mjs"
        if not (program.parent / "node_modules").is_dir():
            raise RuntimeError("bittorrent-tracker is not installed")
        super().__init__(["node", program], cpus, log)


class Aquatic(Server):
    """aquatic_ws as peers/install.sh installed it.

    Its limits for frames and messages are raised: ten real offers do not fit in the default.
    """

    CONFIG = """
        socket_workers = 1
        swarm_workers = 1
        log_level = "error"
        [network]
        address = "{address}"
        tcp_backlog = 4096
        enable_tls = {enable_tls}
        tls_certificate_path = "{certificate}"
        tls_private_key_path = "{key}"
        websocket_max_message_size = 131072
        websocket_max_frame_size = 131072
    """

    def __init__(self, peers, tls=None, cpus=None, log=None):
        program = Path(peers) / "aquatic" / "bin" / "aquatic_ws"
        if not program.exists():
            raise RuntimeError("aquatic_ws is not installed")
        with socket.socket() as probe:  # it does not tell which port it was given
            probe.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % probe.getsockname()[1]
        certificate, key = tls or ("", "")
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
            config.write(self.CONFIG.format(address=self.address, certificate=certificate, key=key,
                                            enable_tls=str(bool(tls)).lower()))
            config.flush()
            super().__init__([program, "-c", config.name], cpus, log)

    def await_ready(self):
        host, port = self.address.rsplit(":", 1)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                return
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("aquatic_ws does not listen") from error
                time.sleep(0.02)
