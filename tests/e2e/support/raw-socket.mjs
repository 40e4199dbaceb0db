// SPDX-License-Identifier: Apache-2.0
//
// Bytes on a fresh TCP or TLS connection, with or without a valid WebSocket handshake before them.

import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { within } from './wait.mjs';

const HANDSHAKE = (host) => [
  'GET / HTTP/1.1', `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket',
  'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', '',
].join('\r\n');

/// Sends `bytes` and the end of the stream, and waits until the server has ended its side too: it
/// has then read everything, or has given the connection up.
///
/// @param upgrade  first become a WebSocket.
export async function sendRaw({ url, authority, bytes, upgrade }) {
  const { protocol, hostname, port, host } = new URL(url);
  const socket = protocol === 'wss:'
    ? connectTls({ host: hostname, port, ca: authority })
    : connectTcp({ host: hostname, port });
  const opened = new Promise((done) =>
    socket.once(protocol === 'wss:' ? 'secureConnect' : 'connect', done));
  const closed = new Promise((done) => socket.once('close', done));
  socket.on('error', () => {});  // a reset is an answer too; 'close' follows
  try {
    await within('a connection', Promise.race([opened, closed]));
    if (upgrade) await shakeHands(socket, HANDSHAKE(host), closed);
    socket.resume();
    socket.end(bytes);
    await within('the end of the connection', closed, { seconds: 20 });
  } finally {
    socket.destroy();
  }
}

async function shakeHands(socket, request, closed) {
  const upgraded = new Promise((done, failed) => {
    let head = '';
    socket.on('data', function read(chunk) {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.removeListener('data', read);
      if (head.startsWith('HTTP/1.1 101 ')) done();
      else failed(new Error(`no upgrade: ${head}`));
    });
    closed.then(() => failed(new Error('closed during the handshake')));
  });
  socket.write(request);
  await within('101', upgraded);
}
