// SPDX-License-Identifier: Apache-2.0
//
// Connections that are lost: the seat that is taken back, the server that has forgotten, and the
// pauses in between.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client, described, HOST, match, OTHER, PEER, REFLEXIVE } from './support/client.mjs';

const withoutAgent = ({ ua, ...hello }) => hello;

describe('a lost connection', () => {
  it('is followed by another one soon, then after pauses that double up to 30 s', async () => {
    const client = new Client().join().greet();
    client.clock.chance = 0.999;

    const pauses = [];
    for (let i = 0; i < 9; ++i) {
      const before = client.clock.time;
      client.socket.end(1006);
      while (client.socket.readyState === 3) await client.clock.pass(100);
      pauses.push(client.clock.time - before);
    }

    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(client.waggle.stats().reconnects, 9);
  });

  it('that had lasted counts as the first one again', async () => {
    const client = new Client().join().greet();
    client.clock.chance = 0.999;
    for (let i = 0; i < 5; ++i) {
      client.socket.end();
      await client.clock.pass(30_000);
    }
    client.greet({ resumed: true });
    await client.clock.pass(30_001);

    client.socket.end();
    await client.clock.pass(500);

    assert.equal(client.socket.readyState, 0);
  });

  it('may be one that the browser did not even let begin', async () => {
    class Forbidden {
      constructor() {
        throw new Error('insecure');
      }
    }
    const client = new Client({ WebSocket: Forbidden }).join();

    await client.clock.pass(500);
    assert.ok(client.waggle.stats().reconnects >= 1);
    await client.clock.pass(60_000);

    assert.equal((await client.joining).peers.size, 0);
    assert.ok(client.waggle.stats().reconnects >= 5);
  });

  it('leaves open links alone, and offers on the way are given up', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();
    client.socket.say(match(8, true, { peer: OTHER }));

    client.socket.end();
    await client.clock.pass(100);

    assert.equal(pc.connectionState, 'connected');
    assert.equal(client.waggle.state, 'waiting');
    assert.deepEqual(client.of('failed'), [{ id: OTHER, why: 'other' }]);
  });
});

describe('a resume', () => {
  it('says hello alone, and no join before the server knows the seat', async () => {
    const client = await (await new Client().joined()).reconnecting();
    client.join('other');

    client.socket.open();
    assert.deepEqual(client.socket.fresh().map(withoutAgent),
      [{ t: 'hello', id: 'IIIIIIIIIIIIIIII', resume: 'seat-1' }]);
    client.swarm.more();
    assert.deepEqual(client.socket.fresh(), []);
    client.socket.say({ t: 'welcome', id: 'IIIIIIIIIIIIIIII', resume: 'seat-2', ice: [],
                        policy: {}, resumed: true }, { t: 'joined', s: 1, n: 5, links: [] });

    assert.deepEqual(client.socket.fresh(), [{ t: 'join', s: 2, swarm: 'other' }]);
    assert.equal(client.swarm.size, 5);
    assert.equal(client.waggle.stats().resumed, 1);
    await client.reconnecting();
    client.socket.open();
    assert.equal(client.socket.sent[0].resume, 'seat-2');
  });

  it('keeps the links that the server lists, and drops the rest on both ends', async () => {
    const client = await new Client().joined();
    const kept = await client.linked();
    const lost = await client.linked({ c: 8, peer: OTHER });
    await client.reconnecting();

    client.greet({ resumed: true });
    client.socket.fresh();
    client.socket.say({ t: 'joined', s: 1, n: 3, links: [7, 10] });

    assert.equal(kept.connectionState, 'connected');
    assert.equal(lost.connectionState, 'closed');
    assert.deepEqual([...client.swarm.peers.keys()], [PEER]);
    assert.deepEqual(client.socket.fresh(), [{ t: 'drop', s: 1, c: 10 }]);
  });

  it('does not touch a link that is newer than the list', async () => {
    const client = await (await new Client().joined()).reconnecting();

    client.greet({ resumed: true });
    client.socket.say(match(8, true), { t: 'joined', s: 1, n: 3, links: [] });

    assert.equal(client.connections[0].connectionState, 'new');
  });

  it('does not touch links that the server had no number for', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();
    client.socket.say({ t: 'gone', s: 1, c: 7 });
    await client.reconnecting();

    client.greet({ resumed: true });
    client.socket.say({ t: 'joined', s: 1, n: 3, links: [] });

    assert.equal(pc.connectionState, 'connected');
  });

  it('says what could not be said meanwhile: candidates, and that a link has opened', async () => {
    const client = await new Client().joined();
    client.socket.say(match(7, true), match(8, true, { peer: OTHER }));
    await client.clock.pass(30);
    client.socket.say({ t: 'answer', s: 1, c: 7, d: described('active') });
    await client.clock.pass(0);
    client.socket.end();
    const [opening, waiting] = client.connections;
    opening.open();
    waiting.gather(REFLEXIVE);
    await client.clock.pass(500);

    client.greet({ resumed: true });
    client.socket.fresh();
    client.socket.say({ t: 'joined', s: 1, n: 3, links: [7, 8] });

    assert.deepEqual(client.socket.fresh(), [
      { t: 'link', s: 1, c: 7, ok: true, ms: 30, type: 'prflx' },
      { t: 'ice', s: 1, c: 8, d: [REFLEXIVE] }]);
  });

  it('leaves the swarms that the page has left meanwhile, before it joins one anew', async () => {
    const client = await new Client().joined();
    client.socket.end();

    client.swarm.leave();
    client.join('movie');
    await client.clock.pass(500);
    client.greet({ resumed: true });

    assert.deepEqual(client.socket.sent.slice(1),
      [{ t: 'leave', s: 1 }, { t: 'join', s: 2, swarm: 'movie' }]);
  });

  it('says a join again that was lost, and one that was not is no error', async () => {
    const client = await (await new Client().joined()).reconnecting();
    client.join('other');
    client.greet({ resumed: true });
    await client.reconnecting();

    client.greet({ resumed: true });
    assert.deepEqual(client.socket.of('join'), [{ t: 'join', s: 2, swarm: 'other' }]);
    client.socket.say({ t: 'err', s: 2, code: 106, msg: 'joined already' },
      { t: 'joined', s: 2, n: 4, links: [] });

    assert.equal((await client.joining).size, 4);
    assert.deepEqual(client.of('error'), []);
  });

  it('is not tried against another connection that has the seat now', async () => {
    const client = await new Client().joined();

    client.socket.end(4311, 'the session goes on over another connection');
    await client.clock.pass(500);
    client.socket.open();

    assert.deepEqual(client.socket.sent.map(({ t, id, resume }) => [t, id, resume]),
      [['hello', undefined, undefined], ['join', undefined, undefined]]);
  });

  it('is not disturbed by the old socket', async () => {
    const client = new Client().join();
    const old = client.socket.open();
    await client.clock.pass(10_500);  // no welcome: given up

    client.greet();
    old.onmessage({ data: JSON.stringify({ t: 'policy', policy: { p2p: false } }) });
    old.end(4311);
    await client.clock.pass(60_000);

    assert.equal(client.server.sockets.length, 2);
    assert.equal(client.waggle.policy.p2p, true);
    assert.equal(client.waggle.state, 'open');
  });
});

describe('a server that has forgotten this client', () => {
  async function restarted() {
    const client = await new Client().joined({ want: 6, pos: 5 });
    const pc = await client.linked();
    client.socket.say(match(8, false, { peer: OTHER }));
    await client.reconnecting();
    client.greet({ id: 'IIIIIIIIIIIIIIII', resume: 'seat-9' });
    return { client, pc };
  }

  it('hears of the links that are open, under the same handle', async () => {
    const { client, pc } = await restarted();

    assert.deepEqual(client.socket.sent.map(({ t }) => t), ['hello', 'join']);
    assert.equal(client.socket.sent[0].id, 'IIIIIIIIIIIIIIII');
    assert.deepEqual(client.socket.sent[1],
      { t: 'join', s: 1, swarm: 'movie', want: 6, pos: 5, links: [PEER] });
    assert.deepEqual(client.of('failed'), [{ id: OTHER, why: 'other' }]);
    assert.equal(pc.connectionState, 'connected');
    assert.equal(client.waggle.stats().resumed, 0);
  });

  it('numbers such a link anew', async () => {
    const { client, pc } = await restarted();
    client.socket.fresh();

    client.socket.say({ t: 'joined', s: 1, n: 2 }, { t: 'drop', s: 1, c: 7, why: 'left' });
    assert.equal(client.swarm.peers.size, 1);  // 7 is not its number any more
    client.socket.say(match(99, true, { open: true }));
    client.swarm.peers.get(PEER).close();

    assert.deepEqual(client.socket.fresh(), [{ t: 'drop', s: 1, c: 99 }]);
    assert.equal(client.connections.length, 2);
    assert.equal(pc.connectionState, 'closed');
  });

  it('says anew which end of such a link restarts it', async () => {
    const { client, pc } = await restarted();
    client.socket.say({ t: 'joined', s: 1, n: 2 }, match(99, false, { open: true }));
    client.socket.fresh();

    client.socket.say({ t: 'offer', s: 1, c: 99, d: described('actpass') });
    await client.clock.pass(30);

    assert.deepEqual(client.socket.fresh().map(({ t, c }) => [t, c]), [['answer', 99]]);
    assert.equal(pc.restarts, 0);
  });

  it('hears by the id of the peer that such a link is closed before it has a number', async () => {
    const { client } = await restarted();
    client.socket.say({ t: 'joined', s: 1, n: 2 });
    client.socket.fresh();

    client.swarm.peers.get(PEER).close();
    assert.deepEqual(client.socket.fresh(), [{ t: 'drop', s: 1, peer: PEER }]);
    client.socket.say(match(99, true, { open: true }));

    assert.deepEqual(client.socket.fresh(), [{ t: 'drop', s: 1, c: 99 }]);
    assert.equal(client.connections.length, 2);
  });

  it('may match such a peer anew, which had no such link', async () => {
    const { client, pc } = await restarted();
    client.socket.say({ t: 'joined', s: 1, n: 2 });

    client.socket.say(match(99, true));

    assert.equal(pc.connectionState, 'closed');
    assert.equal(client.of('gone').length, 1);
    assert.equal(client.connections.length, 3);
  });

  it('hears of 24 links at most', async () => {
    const client = await new Client().joined();
    for (let c = 1; c <= 26; ++c) {
      await client.linked({ c, init: false, peer: String(c).padStart(16, 'P') });
    }

    await client.reconnecting();
    client.greet();

    assert.equal(client.socket.of('join')[0].links.length, 24);
    assert.equal(client.swarm.peers.size, 26);
  });
});

describe('an id that somebody else has', () => {
  it('is given up: hello without it, and every swarm again with its links', async () => {
    const client = await new Client().joined();
    await client.linked();
    await client.reconnecting();
    client.greet();

    client.socket.say({ t: 'err', s: 1, code: 112, msg: 'id in use' });
    assert.equal(client.socket.closedWith, 1000);
    await client.clock.pass(1_000);
    client.socket.open();

    assert.deepEqual(client.socket.sent.map(withoutAgent),
      [{ t: 'hello' }, { t: 'join', s: 1, swarm: 'movie', links: [PEER] }]);
    assert.deepEqual(client.of('error'), []);
  });
});

describe('a server that is about to stop', () => {
  it('is left within its window, while links go on', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();
    const old = client.socket;

    old.say({ t: 'away', after: 4, spread: 10 });
    await client.clock.pass(8_999);
    assert.equal(old.closedWith, null);
    await client.clock.pass(1);
    assert.equal(old.closedWith, 4000);
    await client.clock.pass(500);

    assert.equal(client.server.sockets.length, 2);
    client.socket.open();
    assert.equal(client.socket.sent[0].resume, 'seat-1');
    assert.equal(pc.connectionState, 'connected');
  });

  it('is not asked again before the window where it closes early', async () => {
    const client = await new Client().joined();

    client.socket.say({ t: 'away', after: 4, spread: 10 }).end(1012, 'server restarts');
    await client.clock.pass(8_999);
    assert.equal(client.server.sockets.length, 1);
    await client.clock.pass(1);

    assert.equal(client.server.sockets.length, 2);
  });
});
