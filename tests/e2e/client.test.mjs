// SPDX-License-Identifier: Apache-2.0
//
// The npm client of bittorrent-tracker, as WebTorrent and p2p-media-loader embed it, through the
// server: every verb, offers and answers, many swarms and many identities on one socket.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { ask, destroyClient, makeTrackerClient, nextPeers } from './support/tracker-client.mjs';
import { randomInfoHash, randomPeerId, until } from './support/wait.mjs';
import { openWorkspace, SETUPS } from './support/workspace.mjs';

const OFFERS_PER_ANNOUNCE = 5;  // the client's own limit

let workspace;
before(async () => (workspace = await openWorkspace()));
after(() => workspace.close());

for (const { cores, scheme } of SETUPS) {
  const name = `bittorrent-tracker client over ${scheme}, ${cores} core(s)`;
  describe(name, { timeout: 60_000 }, () => {
    let server;
    let clients = [];

    before(async () => (server = await workspace.startServer({ cores })));
    after(() => server.stop());
    afterEach(async () => {
      await Promise.all(clients.map(destroyClient));
      clients = [];
      await until('an empty server', async () => {
        const { peers, swarms, connections } = await server.stats();
        return peers + swarms + connections === 0;
      });
    });

    /// A client whose socket is shared with those of the same `socket` name.
    function join(infoHash, socket, peerId = randomPeerId()) {
      const client = makeTrackerClient({
        url: `${server.urls[scheme]}/${socket}`,
        authority: workspace.certificates.authority,
        infoHash,
        peerId,
      });
      clients.push(client);
      return client;
    }

    const counts = ({ complete, incomplete }) => ({ complete, incomplete });

    it('answers start, update, complete, scrape and stop with the right counts', async () => {
      const infoHash = randomInfoHash();
      const client = join(infoHash, 'a');

      const started = await ask(client, 'start', 'update', { left: 10 });
      assert.deepEqual(counts(started), { complete: 0, incomplete: 1 });
      assert.equal(started.infoHash, infoHash.hex);
      assert.ok(Number.isInteger(started.interval) && started.interval > 0);
      const updated = await ask(client, 'update', 'update', { left: 5 });
      assert.deepEqual(counts(updated), { complete: 0, incomplete: 1 });
      assert.equal(updated.interval, started.interval);
      const completed = await ask(client, 'complete', 'update', { left: 0 });
      assert.deepEqual(counts(completed), { complete: 1, incomplete: 0 });
      const scraped = await ask(client, 'scrape', 'scrape');
      assert.deepEqual(counts(scraped), { complete: 1, incomplete: 0 });
      assert.equal(scraped.infoHash, infoHash.hex);
      const stopped = await ask(client, 'stop', 'update');
      assert.deepEqual(counts(stopped), { complete: 0, incomplete: 0 });

      assert.deepEqual(client.warnings, []);
    });

    it('carries an offer and its answer between two sockets', async () => {
      const infoHash = randomInfoHash();
      const [resident, newcomer] = [join(infoHash, 'a'), join(infoHash, 'b')];
      await ask(resident, 'start', 'update', { left: 0 });
      const offered = nextPeers(resident, { initiator: false });
      const answered = nextPeers(newcomer, { initiator: true });

      const reply = await ask(newcomer, 'start', 'update', { left: 10 });

      assert.deepEqual(counts(reply), { complete: 1, incomplete: 1 });
      const [[callee], [caller]] = await Promise.all([offered, answered]);
      assert.deepEqual(callee.remote, caller.local);
      assert.deepEqual(caller.remote, callee.local);
      assert.equal(callee.id, newcomer.peerId);
      assert.equal(caller.id, resident.peerId);
      assert.deepEqual([...resident.warnings, ...newcomer.warnings], []);
    });

    it('keeps several swarms on one socket apart', async () => {
      const swarms = [randomInfoHash(), randomInfoHash(), randomInfoHash()];
      const residents = swarms.map((infoHash) => join(infoHash, 'shared'));
      for (const resident of residents) await ask(resident, 'start', 'update', { left: 0 });
      assert.equal((await server.stats()).connections, 1);
      assert.equal((await server.stats()).swarms, swarms.length);

      for (const [index, infoHash] of swarms.entries()) {
        const newcomer = join(infoHash, `newcomer-${index}`);
        const answered = nextPeers(newcomer, { initiator: true });
        const reply = await ask(newcomer, 'start', 'update', { left: 10 });
        assert.deepEqual(counts(reply), { complete: 1, incomplete: 1 });
        assert.equal((await answered)[0].id, residents[index].peerId);
      }

      const scraped = await ask(residents[1], 'scrape', 'scrape');
      assert.deepEqual(counts(scraped), { complete: 1, incomplete: 1 });
      assert.equal(scraped.infoHash, swarms[1].hex);
      assert.deepEqual(clients.flatMap((client) => client.warnings), []);
    });

    it('knows three peer ids on one socket as three peers', async () => {
      const infoHash = randomInfoHash();
      const residents = [1, 2, 3].map(() => join(infoHash, 'shared'));
      for (const [index, resident] of residents.entries()) {
        const reply = await ask(resident, 'start', 'update', { left: 10 });
        assert.deepEqual(counts(reply), { complete: 0, incomplete: index + 1 });
      }
      assert.equal((await server.stats()).connections, 1);
      const newcomer = join(infoHash, 'newcomer');
      const answered = nextPeers(newcomer, { initiator: true, count: residents.length });

      await ask(newcomer, 'start', 'update', { left: 10 });

      const answerers = (await answered).map((peer) => peer.id).sort();
      assert.deepEqual(answerers, residents.map((resident) => resident.peerId).sort());
      const reply = await ask(residents[0], 'stop', 'update');
      assert.deepEqual(counts(reply), { complete: 0, incomplete: 3 });
    });

    it('gives each member at most one offer of an announce', async () => {
      const infoHash = randomInfoHash();
      const residents = Array.from({ length: OFFERS_PER_ANNOUNCE + 2 }, (_, index) =>
        join(infoHash, `resident-${index}`));
      for (const resident of residents) await ask(resident, 'start', 'update', { left: 0 });
      const newcomer = join(infoHash, 'newcomer');
      const answered = nextPeers(newcomer, { initiator: true, count: OFFERS_PER_ANNOUNCE });

      await ask(newcomer, 'start', 'update', { left: 10 });

      const answerers = new Set((await answered).map((peer) => peer.id));
      assert.equal(answerers.size, OFFERS_PER_ANNOUNCE);
    });
  });
}
