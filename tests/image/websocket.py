# SPDX-License-Identifier: Apache-2.0
"""As much of a WebSocket client (RFC 6455) as the test of the image needs; every wait has an end."""

import base64
import json
import os
import socket
import struct

PATIENCE = 20  # seconds

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocket:
    def __init__(self, port, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        self.stream = self.socket.makefile("rb")
        status = self.stream.readline()
        while self.stream.readline() not in (b"\r\n", b""):
            pass
        if b" 101 " not in status:
            raise ConnectionError(f"no upgrade: {status}")

    def send(self, message):
        self.send_frame(TEXT, json.dumps(message).encode())

    def send_frame(self, opcode, payload):
        size = len(payload)
        head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else (
            bytes([0x80 | opcode, 0x80 | 126]) + struct.pack(">H", size))
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self.socket.sendall(head + mask + masked)

    def receive_frame(self):
        head = self.stream.read(2)
        if len(head) < 2:
            raise ConnectionError("closed without a close frame")
        size = head[1]
        if size == 126:
            (size,) = struct.unpack(">H", self.stream.read(2))
        return head[0] & 0x0F, self.stream.read(size)

    def receive(self):
        """The next message, parsed."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == TEXT:
                return json.loads(payload)
            if opcode != PING:
                raise ConnectionError(f"opcode {opcode} instead of a message: {payload}")
            self.send_frame(PONG, payload)

    def receive_close(self):
        """Reads up to the close frame, answers it, and returns its code."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == CLOSE:
                self.send_frame(CLOSE, payload[:2])
                return struct.unpack(">H", payload[:2])[0]

    def close(self):
        self.stream.close()
        self.socket.close()
