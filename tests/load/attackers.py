#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that do what they should not, all at once, for tests/load/hostile.py.

    tests/load/attackers.py ADDRESS:PORT --connections N --seconds S

Each connection has one kind of attack and begins it anew whenever the server has ended it, at most
a few times a second. One thread; ends by itself. Prints how often each kind was begun and ended.
"""
import argparse
import base64
import collections
import json
import os
import random
import socket
import struct
import time

KEY = base64.b64encode(bytes(range(16))).decode()
SDP = "v=0\r\n" + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 25
BEGIN_PAUSE = 0.2  # seconds between two lives of one connection
WRITE_MAX = 256 * 1024  # handed to the kernel in one turn


def head(extra=""):
    return (f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{extra}"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode()


def frame(payload, opcode=1):
    """Masked with zeros, which is a mask like any other."""
    size = len(payload)
    if size < 126:
        start = struct.pack(">BB", 0x80 | opcode, 0x80 | size)
    elif size < 65536:
        start = struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        start = struct.pack(">BBQ", 0x80 | opcode, 0x80 | 127, size)
    return start + b"\0\0\0\0" + payload


def announce(swarm, peer, offers=0, **more):
    listed = [{"offer_id": f"{random.randrange(10**19):020}",
               "offer": {"type": "offer", "sdp": SDP}} for _ in range(offers)]
    return frame(json.dumps({"action": "announce", "info_hash": swarm, "peer_id": peer,
                             "numwant": offers, "offers": listed, **more}).encode())


def some_id():
    return f"{random.randrange(10**19):020}"


# --- kinds: each yields bytes to send; b"" waits a moment; reads tells whether it reads ------------

def message_flood():
    yield head()
    text = frame(b'{"action":"scrape","info_hash":"' + some_id().encode() + b'"}') * 200
    while True:
        yield text


def offer_flood():
    yield head()
    swarm = f"hostile-swarm-{random.randrange(5):06}"
    while True:
        yield announce(swarm, some_id(), 20)


def byte_flood():
    yield head()
    text = frame(b'{"action":"announce","x":"' + b"x" * 60_000 + b'"}')
    while True:
        yield text


def ping_flood():
    yield head()
    while True:
        yield frame(b"p" * 100, 9) * 500


def membership_flood():
    yield head()
    while True:
        yield b"".join(announce(some_id(), some_id()) for _ in range(50))


def honest_swarm():
    """One of those that hostile.py measures: what waggle-load calls its ten swarms."""
    return f"-WW0208-s{random.randrange(10):011}"


def honest_peer():
    return f"-WW0208-p{random.randrange(200):011}"


def answer_flood():
    yield head()
    while True:
        yield b"".join(announce(honest_swarm(), some_id(), to_peer_id=honest_peer(),
                                offer_id=some_id(), answer={"type": "answer", "sdp": SDP})
                       for _ in range(50))


def identity_thief():
    """Ends what others have; who joined would be a member like others, and be sent their offers."""
    yield head()
    while True:
        yield announce(honest_swarm(), honest_peer(), event="stopped")
        yield b""


def nonsense():
    yield head()
    texts = [b"[" * 10_000, b'{"a":' * 5_000, b"null", b'{"action":5}', b'{"action":"announce","offers":[null]}',
             b'{"info_hash":"\\ud800"}', b'{"action":"announce","left":1e999999}',
             b'{"action":"scrape","action":"announce"}', b'{"action":"scrape","info_hash":5}']
    while True:
        yield b"".join(frame(random.choice(texts)) for _ in range(20))


def bad_utf8():
    yield head()
    yield frame(b'{"action":"\xff\xfe"}')
    while True:
        yield b""


def bad_frames():
    yield head()
    yield os.urandom(4096)
    while True:
        yield b""


def half_message():
    yield head()
    yield frame(b"x" * 60_000)[:30_000]
    while True:
        yield b""


def slow_head():
    for byte in head():
        yield bytes([byte])
        yield b""


def large_head():
    yield head("Cookie: " + "c" * 20_000 + "\r\n")
    while True:
        yield b""


def forged_proxy():
    yield head("X-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\nOrigin: https://x\r\n")
    while True:
        yield frame(b"{}")
        yield b""


def silent():
    yield head()
    while True:
        yield b""


def reset():
    yield head()
    yield announce("hostile-swarm-000000", some_id(), 5)
    return  # and the socket is reset


def deaf():
    """Never reads; joins the swarm that is flooded with offers."""
    yield head()
    while True:
        yield announce("hostile-swarm-000000", some_id())
        for _ in range(20):
            yield b""


KINDS = [message_flood, offer_flood, byte_flood, ping_flood, membership_flood, answer_flood,
         identity_thief, nonsense, bad_utf8, bad_frames, half_message, slow_head, large_head,
         forged_proxy, silent, reset, deaf]


class Attacker:
    def __init__(self, kind, to):
        self.kind, self.to, self.socket = kind, to, None
        self.begin_at = 0.0

    def begin(self, now):
        self.begin_at = now + BEGIN_PAUSE
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.connect_ex(self.to)
        self.words, self.rest, self.next_at = self.kind(), b"", 0.0

    def end(self):
        self.socket.close()
        self.socket = None

    def work(self, now):
        """False: this life is over."""
        if self.kind is not deaf:
            try:
                while self.socket.recv(65536):
                    pass
                return False
            except BlockingIOError:
                pass
        if now < self.next_at:
            return True
        written = 0
        while written < WRITE_MAX:
            if not self.rest:
                self.rest = next(self.words, None)
                if self.rest is None:
                    return False
                if self.rest == b"":
                    self.next_at = now + 0.5
                    return True
            try:
                count = self.socket.send(self.rest)
            except BlockingIOError:
                return True
            self.rest = self.rest[count:]
            written += count
        return True


def attack(to, connections, seconds):
    crowd = [Attacker(KINDS[i % len(KINDS)], to) for i in range(connections)]
    counts = collections.Counter()
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        for one in crowd:
            try:
                if one.socket is None:
                    if now < one.begin_at:
                        continue
                    one.begin(now)
                    counts["begun " + one.kind.__name__] += 1
                if not one.work(now):
                    counts["ended " + one.kind.__name__] += 1
                    one.end()
            except OSError:
                counts["ended " + one.kind.__name__] += 1
                one.end()
        time.sleep(0.001)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    host, port = asked.address.rsplit(":", 1)
    random.seed(1)
    print(json.dumps(attack((host, int(port)), asked.connections, asked.seconds)), flush=True)


if __name__ == "__main__":
    main()
