// SPDX-License-Identifier: Apache-2.0
//
// The fuzz corpora over real sockets, beside a pair of healthy clients whose every relay must
// arrive. A bad message never closes its socket; bad frames and bad HTTP may close theirs only.

import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { readCorpus } from './support/corpus.mjs';
import { besideHealthyPair } from './support/healthy-pair.mjs';
import { hostileMessages } from './support/hostile-messages.mjs';
import { sendRaw } from './support/raw-socket.mjs';
import { TrackerSocket } from './support/tracker-socket.mjs';
import { until } from './support/wait.mjs';
import { openWorkspace, SETUPS } from './support/workspace.mjs';

const MESSAGE_BYTES_MAX = 64 * 1024;  // above it the server closes with 1009, and rightly so
const MESSAGES_PER_SECOND_MAX = Number(process.env.REPLAY_RATE ?? 500);  // bad, but no flood
const SOCKETS_AT_ONCE = 8;
const REPLAY_TIMEOUT_MS = Number(process.env.REPLAY_TIMEOUT_SECONDS ?? 300) * 1000;

let workspace, messages, frames, heads;
before(async () => {
  workspace = await openWorkspace();
  messages = [...hostileMessages, ...await readCorpus('webtorrent_decode')];
  frames = await readCorpus('frame_codec');
  heads = await readCorpus('http_upgrade');
});
after(() => workspace?.close());

for (const { cores, scheme } of SETUPS) {
  const name = `replay over ${scheme}, ${cores} core(s)`;
  describe(name, { timeout: REPLAY_TIMEOUT_MS }, () => {
    let server, authority;
    before(async () => {
      server = await workspace.startServer({ cores });
      authority = workspace.certificates.authority;
    });
    after(() => server?.stop());

    it('survives every message, on a socket that stays open', (t) =>
      beside(t, messages, async () => {
        const socket = await TrackerSocket.open(server.urls[scheme], authority);
        for (const { name, bytes } of messages.filter(isAllowed)) {
          socket.ws.send(bytes, { binary: !isUtf8(bytes) });
          await socket.fence().catch((error) => {
            throw new Error(`${name}: ${error.message}`);
          });
          socket.unread.length = 0;
          await pause(1000 / MESSAGES_PER_SECOND_MAX);
        }
        const infoHash = 'still is a good hash';
        const reply = await socket.announce(infoHash, '-WW0208-still a peer', { left: 1 });
        assert.equal(reply.incomplete, 1);
        socket.close();
      }));

    it('survives every frame', (t) =>
      beside(t, frames, () => sendAll(frames, { upgrade: true })));

    it('survives every HTTP head', (t) =>
      beside(t, heads, () => sendAll(heads, { upgrade: false })));

    async function beside(t, items, disturbance) {
      if (items.length === 0) return t.skip('no corpus');
      const urls = [server.urls.ws, server.urls.wss];
      const rounds = await besideHealthyPair({ urls, authority }, disturbance);
      t.diagnostic(`${items.length} inputs beside ${rounds} relayed offers and answers`);
      assert.deepEqual(await server.health(), [200, 200]);
      await until('no connection left', async () => (await server.stats()).connections === 0);
    }

    /// Sends each input on a socket of its own, some at a time.
    async function sendAll(items, { upgrade }) {
      const left = items[Symbol.iterator]();
      await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, async () => {
        for (const { name, bytes } of left) {
          await sendRaw({ url: server.urls[scheme], authority, bytes, upgrade }).catch((error) => {
            throw new Error(`${name}: ${error.message}`);
          });
        }
      }));
    }
  });
}

const isAllowed = ({ bytes }) => bytes.length <= MESSAGE_BYTES_MAX;
