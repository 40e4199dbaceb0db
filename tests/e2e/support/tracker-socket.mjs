// SPDX-License-Identifier: Apache-2.0
//
// A WebSocket that speaks the WebTorrent dialect message by message, for what real clients hide:
// raw payloads, several identities on one socket, and pings as a fence.

import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import WebSocket from 'ws';
import { within } from './wait.mjs';

export class TrackerSocket {
  /// @param headers  of the WebSocket handshake.
  static async open(url, authority, headers = {}) {
    const socket = new TrackerSocket(new WebSocket(url, { ca: authority, headers }));
    await within(`connection to ${url}`, once(socket.ws, 'open'));
    return socket;
  }

  constructor(ws) {
    this.ws = ws;
    this.closed = null;     // {code, reason} once the server or the network ended the socket
    this.waiting = new Set();  // {wanted, found}
    this.unread = [];
    this.onMessage = () => {};  // sees every message first; it stays unread
    ws.on('message', (bytes) => this.#arrived(JSON.parse(bytes.toString())));
    ws.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    ws.on('error', () => {});  // a 'close' always follows
  }

  send(message) {
    this.ws.send(JSON.stringify(message));
  }

  /// The first message, unread or yet to come, for which `wanted` is true; it counts as read.
  receive(what, wanted, options) {
    const index = this.unread.findIndex(wanted);
    if (index >= 0) return Promise.resolve(this.unread.splice(index, 1)[0]);
    let entry;
    const message = new Promise((found) => this.waiting.add((entry = { wanted, found })));
    return within(what, message, options).finally(() => this.waiting.delete(entry));
  }

  /// Announces and returns the reply.
  announce(infoHash, peerId, fields = {}) {
    this.send({ action: 'announce', info_hash: infoHash, peer_id: peerId, ...fields });
    return this.receive('announce reply', isReplyFor(infoHash));
  }

  /// Resolves when the server has read everything sent so far.
  async fence() {
    const ended = new AbortController();
    const signal = ended.signal;
    const closed = async () => {
      if (!this.closed) await once(this.ws, 'close', { signal });
      throw new Error(`closed by the server: ${JSON.stringify(this.closed)}`);
    };
    try {
      if (!this.closed) this.ws.ping();
      await within('pong', Promise.race([once(this.ws, 'pong', { signal }), closed()]));
    } finally {
      ended.abort();
    }
  }

  close() {
    this.ws.terminate();
  }

  #arrived(message) {
    this.onMessage(message);
    for (const entry of this.waiting) {
      if (!entry.wanted(message)) continue;
      this.waiting.delete(entry);
      entry.found(message);
      return;
    }
    this.unread.push(message);
  }
}

/// What the server answers to a handshake: {status, text}. Who is let in leaves at once.
export async function shakeHands(url, headers = {}) {
  const ws = new WebSocket(url, { headers });
  const answer = new Promise((answered, failed) => {
    ws.on('error', failed);
    ws.once('open', () => answered({ status: 101, text: '' }));
    ws.once('unexpected-response', (request, response) => {
      const { statusCode: status } = response;
      text(response).then((body) => answered({ status, text: body.trimEnd() }), failed);
    });
  });
  try {
    return await within(`an answer of ${new URL(url).host}`, answer);
  } finally {
    ws.terminate();
  }
}

export const isReplyFor = (infoHash) => (message) =>
  message.info_hash === infoHash && Number.isInteger(message.complete);

export const isOffer = (message) => message.offer !== undefined;

export const isAnswer = (message) => message.answer !== undefined;
