// SPDX-License-Identifier: Apache-2.0
//
// A TCP proxy in front of a server that can lose its connections, as a network does: without a word
// to either end. It keeps what goes through it as WebSocket text, which is the log of the wire.

import { createServer, connect } from 'node:net';

const HEADER_BYTES = 2;
const TEXT = 1;

/// @param target  host and port of the server.
export async function startCuttableProxy(target) {
  const { hostname, port } = new URL(target);
  const lines = new Set();
  const log = [];  // {line, from: 'client' | 'server', text, bytes}
  let made = 0;
  let bytes = 0;

  const server = createServer((client) => {
    const line = { number: made++, client, upstream: connect(Number(port), hostname) };
    lines.add(line);
    for (const [from, to, name] of [[client, line.upstream, 'client'], [line.upstream, client, 'server']]) {
      const frames = frameReader((text, size) => log.push({ line: line.number, from: name, text, bytes: size }));
      from.on('data', (chunk) => {
        bytes += chunk.length;
        frames(chunk);
        to.write(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        lines.delete(line);
      });
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    log,
    /// Of every connection, heads and handshakes included.
    bytes: () => bytes,
    lines: () => [...lines].map(({ number }) => number),
    /// Resets the connections for which `which(number)` is true.
    cut(which = () => true) {
      for (const line of [...lines]) {
        if (!which(line.number)) continue;
        line.client.resetAndDestroy();
        line.upstream.resetAndDestroy();
      }
    },
    close: () => new Promise((closed) => {
      for (const { client, upstream } of lines) {
        client.destroy();
        upstream.destroy();
      }
      server.close(closed);
    }),
  };
}

/// Calls `take(text, bytes)` for each unfragmented text message of a direction, past the HTTP head.
function frameReader(take) {
  let waiting = Buffer.alloc(0);
  let head = true;
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (head) {
      const end = waiting.indexOf('\r\n\r\n');
      if (end < 0) return;
      waiting = waiting.subarray(end + 4);
      head = false;
    }
    for (;;) {
      if (waiting.length < HEADER_BYTES) return;
      const opcode = waiting[0] & 15;
      const masked = (waiting[1] & 128) !== 0;
      let length = waiting[1] & 127;
      let at = HEADER_BYTES;
      if (length === 126) {
        if (waiting.length < 4) return;
        length = waiting.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (waiting.length < 10) return;
        length = Number(waiting.readBigUInt64BE(2));
        at = 10;
      }
      const key = masked ? waiting.subarray(at, at + 4) : undefined;
      at += masked ? 4 : 0;
      if (waiting.length < at + length) return;
      const payload = Buffer.from(waiting.subarray(at, at + length));
      if (key) payload.forEach((byte, index) => { payload[index] = byte ^ key[index % 4]; });
      if (opcode === TEXT) take(payload.toString('utf8'), at + length);
      waiting = waiting.subarray(at + length);
    }
  };
}
