// SPDX-License-Identifier: Apache-2.0
//
// Links, from the match to their end: both roles, candidates, failures, restarts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compactDescription } from '../waggle.js';
import { Client, described, HOST, match, OTHER, PEER, REFLEXIVE } from './support/client.mjs';

const inits = (candidates) =>
  candidates.map((text) => ({ candidate: text && `candidate:${text}`, sdpMLineIndex: 0 }));

/// A member with a match of its own, and its connection.
async function matched({ init = true, options = {}, members = {} } = {}) {
  const client = await new Client(options).joined();
  client.socket.say(match(7, init, members));
  return { client, pc: client.connections[0] };
}

describe('the end that begins', () => {
  it('offers with the candidates that are there soon, and batches the others', async () => {
    const { client, pc } = await matched();
    await client.clock.pass(10);
    pc.gather(`${HOST} generation 0 ufrag u000 network-cost 999`);
    await client.clock.pass(19);
    assert.deepEqual(client.socket.sent, []);
    await client.clock.pass(1);
    const { k, ...bare } = client.socket.fresh()[0].d;
    assert.deepEqual(k, [HOST]);
    assert.deepEqual(bare, compactDescription(pc.localDescription.sdp));

    pc.gather(REFLEXIVE);
    await client.clock.pass(30);
    pc.gather('3 1 udp 1 192.0.2.3 5 typ relay raddr 192.0.2.9 rport 9');
    await client.clock.pass(19);
    assert.deepEqual(client.socket.fresh(), []);
    await client.clock.pass(1);

    assert.deepEqual(client.socket.fresh(), [{ t: 'ice', s: 1, c: 7, d: [
      REFLEXIVE, '3 1 udp 1 192.0.2.3 5 typ relay raddr 0.0.0.0 rport 0'] }]);
  });

  it('does not wait once there will be no more candidates, and says so in the offer', async () => {
    const { client, pc } = await matched();

    pc.gather(HOST, '9 1 tcp 1 192.0.2.1 9 typ host tcptype active');
    pc.finishGathering();
    await client.clock.pass(0);

    assert.deepEqual(client.socket.sent.map(({ t, d }) => [t, d.k]), [['offer', [HOST, '']]]);
  });

  it('sends a batch at once when the last candidate is in it, but no message for the end alone',
    async () => {
      const { client, pc } = await matched();
      await client.clock.pass(30);
      client.socket.fresh();

      pc.gather(REFLEXIVE);
      pc.finishGathering();
      assert.deepEqual(client.socket.fresh().map(({ d }) => d), [[REFLEXIVE, '']]);
      pc.finishGathering();
      await client.clock.pass(1_000);
      assert.deepEqual(client.socket.fresh(), []);
      pc.gather(HOST);
      await client.clock.pass(50);

      assert.deepEqual(client.socket.fresh().map(({ d }) => d), [[HOST]]);
    });

  it('opens with the answer, tells the page, and reports time and type', async () => {
    const { client, pc } = await matched({ members: { lan: true } });
    await client.clock.pass(30);
    client.socket.fresh();

    client.socket.say({ t: 'answer', s: 1, c: 7, d: described('active', [HOST, '']) });
    await client.clock.pass(54);
    assert.match(pc.remoteDescription.sdp, /a=setup:active\r\n/);
    assert.deepEqual(pc.added, inits([HOST, '']));
    pc.open();
    await client.clock.pass(0);

    const [peer] = client.of('peer');
    const { close, ...shown } = peer;
    assert.deepEqual(shown, { id: PEER, channel: pc.channel, connection: pc, initiator: true,
                              lan: true });
    assert.equal(typeof close, 'function');
    assert.equal(pc.channel.binaryType, 'arraybuffer');
    assert.equal(client.swarm.peers.get(PEER), peer);
    assert.deepEqual(client.socket.fresh(),
      [{ t: 'link', s: 1, c: 7, ok: true, ms: 84, type: 'prflx' }]);
    await client.clock.pass(60_000);
    assert.equal(pc.connectionState, 'connected');
    assert.equal(client.waggle.stats().opened, 1);
  });

  it('reports without a type where the browser does not tell', async () => {
    const { client, pc } = await matched();
    pc.stats = new Map();
    await client.clock.pass(30);
    client.socket.fresh();

    pc.open();
    await client.clock.pass(0);

    assert.deepEqual(client.socket.fresh(), [{ t: 'link', s: 1, c: 7, ok: true, ms: 30 }]);
  });

  it('finds the pair that Firefox marks itself', async () => {
    const { client, pc } = await matched();
    pc.stats = new Map([['P', { selected: true, localCandidateId: 'L', remoteCandidateId: 'R' }],
      ['L', { candidateType: 'relay' }], ['R', { candidateType: 'srflx' }]]);

    pc.open();
    await client.clock.pass(0);

    assert.equal(client.socket.of('link')[0].type, 'relay');
  });

  it('takes no offer, and an answer only once', async () => {
    const { client, pc } = await matched();
    await client.clock.pass(30);

    client.socket.say({ t: 'offer', s: 1, c: 7, d: described('actpass') },
      { t: 'answer', s: 1, c: 7, d: described('active') });
    await client.clock.pass(0);
    const first = pc.remoteDescription;
    client.socket.say({ t: 'answer', s: 1, c: 7, d: described('passive') });
    await client.clock.pass(0);

    assert.equal(first.type, 'answer');
    assert.equal(pc.remoteDescription, first);
    assert.deepEqual(client.of('failed'), []);
  });
});

describe('the other end', () => {
  it('answers, and reports nothing when the link opens', async () => {
    const { client, pc } = await matched({ init: false });
    await client.clock.pass(100);
    assert.deepEqual(client.socket.sent, []);

    client.socket.say({ t: 'offer', s: 1, c: 7, d: described('actpass', [HOST]) });
    await client.clock.pass(10);
    pc.gather(HOST);
    await client.clock.pass(20);
    assert.match(pc.remoteDescription.sdp, /a=setup:actpass\r\n/);
    assert.deepEqual(pc.added, inits([HOST]));
    assert.deepEqual(client.socket.fresh().map(({ t, s, c, d }) => [t, s, c, d.r, d.k]),
      [['answer', 1, 7, 'active', [HOST]]]);
    pc.open();
    await client.clock.pass(0);

    const [{ id, initiator }] = client.of('peer');
    assert.deepEqual([id, initiator], [PEER, false]);
    assert.deepEqual(client.socket.fresh(), []);
  });

  it('keeps candidates that come before the description', async () => {
    const { client, pc } = await matched({ init: false });

    client.socket.say({ t: 'ice', s: 1, c: 7, d: [REFLEXIVE] },
      { t: 'offer', s: 1, c: 7, d: described('actpass', [HOST]) },
      { t: 'ice', s: 1, c: 7, d: [''] });
    await client.clock.pass(30);

    assert.deepEqual(pc.added, inits([HOST, REFLEXIVE, '']));
  });

  it('keeps no more of them than a peer can have', async () => {
    const { client, pc } = await matched({ init: false });

    client.socket.say({ t: 'ice', s: 1, c: 7, d: Array(1_000).fill(HOST) },
      { t: 'offer', s: 1, c: 7, d: described('actpass') });
    await client.clock.pass(30);

    assert.equal(pc.added.length, 64);
  });

  it('goes on without a candidate that it cannot read', async () => {
    const { client, pc } = await matched({ init: false });
    pc.refusals = ['candidate:strange'];

    client.socket.say({ t: 'offer', s: 1, c: 7, d: described('actpass', ['strange', HOST]) });
    await client.clock.pass(30);

    assert.deepEqual(pc.added, inits([HOST]));
    assert.equal(client.socket.of('answer').length, 1);
  });

  for (const [what, d] of Object.entries({
    'is opaque': 'opaque',
    'is null': null,
    'is of another type': { type: 'answer', sdp: 'v=0' },
    'has candidates that are no list': { ...described('actpass'), k: 7 },
  })) {
    it(`gives up on a description that ${what}`, async () => {
      const { client, pc } = await matched({ init: false });

      client.socket.say({ t: 'offer', s: 1, c: 7, d });
      await client.clock.pass(30);

      assert.deepEqual(client.of('failed'), [{ id: PEER, why: 'other' }]);
      assert.deepEqual(client.socket.sent, [{ t: 'link', s: 1, c: 7, ok: false, why: 'other' }]);
      assert.equal(pc.connectionState, 'closed');
    });
  }
});

describe('whole descriptions', () => {
  it('are sent where the page wants them, and no candidate in them is sent again', async () => {
    const { client, pc } = await matched({ options: { compact: false } });
    pc.lines = [HOST];
    await client.clock.pass(20);
    pc.gather(HOST, REFLEXIVE);
    await client.clock.pass(10);

    const [offer, ice] = client.socket.fresh();
    assert.deepEqual(offer, { t: 'offer', s: 1, c: 7,
                              d: { type: 'offer', sdp: pc.localDescription.sdp } });
    assert.deepEqual(ice, { t: 'ice', s: 1, c: 7, d: [REFLEXIVE] });
  });

  it('are sent where the template does not fit', async () => {
    const { client, pc } = await matched();
    const { describe: write } = pc;
    pc.describe = (type) => write.call(pc, type).replace('a=mid:0', 'a=mid:data');

    await client.clock.pass(30);

    assert.match(client.socket.sent[0].d.sdp, /a=mid:data/);
  });

  it('are understood in either mode', async () => {
    const { client, pc } = await matched({ init: false });
    const d = { type: 'offer', sdp: 'v=0\r\n' };

    client.socket.say({ t: 'offer', s: 1, c: 7, d });
    await client.clock.pass(30);

    assert.deepEqual(pc.remoteDescription, d);
    assert.equal(client.socket.of('answer')[0].d.r, 'active');
  });
});

describe('a link that does not come about', () => {
  const failure = (client) =>
    [client.of('failed'), client.socket.fresh().filter(({ t }) => t === 'link')];

  it('is given up 15 s after the match', async () => {
    const { client, pc } = await matched();

    await client.clock.pass(14_999);
    assert.equal(pc.connectionState, 'new');
    await client.clock.pass(1);

    assert.deepEqual(failure(client), [[{ id: PEER, why: 'timeout' }],
                                       [{ t: 'link', s: 1, c: 7, ok: false, why: 'timeout' }]]);
    assert.equal(pc.connectionState, 'closed');
    assert.deepEqual(client.waggle.stats().failed, { timeout: 1 });
  });

  it('is given up by the other end as well, which has no offer', async () => {
    const { client } = await matched({ init: false });

    await client.clock.pass(15_000);

    assert.deepEqual(failure(client)[1], [{ t: 'link', s: 1, c: 7, ok: false, why: 'timeout' }]);
  });

  for (const [why, ice] of [['ice', 'failed'], ['dtls', 'connected'], ['dtls', 'completed']]) {
    it(`fails by ${why} where ICE is ${ice}`, async () => {
      const { client, pc } = await matched();

      pc.become('failed', ice);

      assert.deepEqual(failure(client), [[{ id: PEER, why }],
                                         [{ t: 'link', s: 1, c: 7, ok: false, why }]]);
    });
  }

  it('fails where the browser makes no connection', async () => {
    class NoMore {
      constructor() {
        throw new Error('too many connections');
      }
    }
    const client = await new Client({ RTCPeerConnection: NoMore }).joined();

    client.socket.say(match(7, true));
    await client.clock.pass(0);

    assert.deepEqual(failure(client)[1], [{ t: 'link', s: 1, c: 7, ok: false, why: 'other' }]);
  });

  it('is refused where there is no WebRTC', async () => {
    const client = await new Client({ RTCPeerConnection: null }).joined();

    client.socket.say(match(7, true));

    assert.deepEqual(client.socket.sent, [{ t: 'link', s: 1, c: 7, ok: false, why: 'refused' }]);
  });

  it('ends in silence when the server says so', async () => {
    for (const message of [{ t: 'drop', why: 'failed' }, { t: 'gone' },
                           { t: 'err', code: 114, msg: 'no link' }]) {
      const { client, pc } = await matched();

      client.socket.say({ ...message, s: 1, c: 7 });
      await client.clock.pass(20_000);

      assert.equal(client.of('failed').length, 1);
      assert.equal(pc.connectionState, 'closed');
      assert.deepEqual(client.socket.sent, []);
      assert.deepEqual(client.of('error'), []);
    }
  });
});

describe('an open link', () => {
  it('that the page closes is dropped', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    const [peer] = client.of('peer');
    peer.close('too slow');
    peer.close();

    assert.deepEqual(client.socket.sent, [{ t: 'drop', s: 1, c: 7 }]);
    assert.deepEqual(client.of('gone'), [peer]);
    assert.equal(client.swarm.peers.size, 0);
    assert.equal(pc.connectionState, 'closed');
  });

  it('whose channel closes is dropped', async () => {
    const client = await new Client().joined();
    const pc = await client.linked({ init: false });

    pc.channel.become('closed');

    assert.deepEqual(client.socket.sent, [{ t: 'drop', s: 1, c: 7 }]);
    assert.equal(client.of('gone').length, 1);
  });

  it('that the other end dropped is gone without another word', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    client.socket.say({ t: 'drop', s: 1, c: 7, why: 'closed' });

    assert.deepEqual(client.socket.sent, []);
    assert.equal(client.of('gone').length, 1);
    assert.equal(pc.connectionState, 'closed');
  });

  it('goes on when the other end has lost the server, then fails without a restart', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    client.socket.say({ t: 'gone', s: 1, c: 7 });
    assert.equal(client.swarm.peers.size, 1);
    pc.become('failed');

    assert.deepEqual(client.socket.sent, []);
    assert.equal(pc.restarts, 0);
    assert.equal(client.of('gone').length, 1);
  });

  it('makes room for a new match with the same peer, which has lost it', async () => {
    const client = await new Client().joined();
    const old = await client.linked();

    client.socket.say(match(8, true));
    await client.clock.pass(30);
    client.connections[1].open();

    assert.equal(old.connectionState, 'closed');
    assert.equal(client.swarm.peers.get(PEER).connection, client.connections[1]);
    assert.deepEqual(client.socket.of('drop'), []);
  });

  it('sends no candidates that it does not need any more', async () => {
    const { client, pc } = await matched();
    await client.clock.pass(30);
    pc.gather(REFLEXIVE);

    pc.open();
    pc.finishGathering();
    await client.clock.pass(100);

    assert.deepEqual(client.socket.of('ice'), []);
  });

  it('waits while it is disconnected', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    pc.become('disconnected');
    await client.clock.pass(60_000);

    assert.deepEqual(client.of('gone'), []);
    assert.equal(pc.restarts, 0);
  });

  it('that fails is restarted once by the end that began, over the same link', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    pc.become('failed');
    pc.gather(HOST);
    await client.clock.pass(30);
    const [offer] = client.socket.fresh();
    assert.deepEqual([offer.t, offer.c, offer.d.u, offer.d.k], ['offer', 7, 'u010', [HOST]]);
    client.socket.say({ t: 'answer', s: 1, c: 7, d: described('active') });
    pc.gather(REFLEXIVE);
    await client.clock.pass(50);
    assert.deepEqual(client.socket.fresh(), [{ t: 'ice', s: 1, c: 7, d: [REFLEXIVE] }]);
    pc.become('connected');
    await client.clock.pass(60_000);

    assert.deepEqual(client.of('gone'), []);
    assert.equal(client.of('peer').length, 1);
    assert.equal(pc.restarts, 1);
  });

  it('whose restart fails, or is not answered in 15 s, is dropped', async () => {
    for (const fail of [(pc) => pc.become('failed'), () => {}]) {
      const client = await new Client().joined();
      const pc = await client.linked();

      pc.become('failed');
      await client.clock.pass(1_000);
      client.socket.fresh();
      fail(pc);
      await client.clock.pass(14_000);

      assert.deepEqual(client.socket.sent, [{ t: 'drop', s: 1, c: 7 }]);
      assert.equal(client.of('gone').length, 1);
      assert.equal(pc.restarts, 1);
    }
  });

  it('answers a restart, with candidates for the new path', async () => {
    const client = await new Client().joined();
    const pc = await client.linked({ init: false });

    pc.become('disconnected');
    client.socket.say({ t: 'offer', s: 1, c: 7, d: described('actpass') });
    await client.clock.pass(30);
    assert.equal(client.socket.fresh()[0].t, 'answer');
    pc.gather(HOST);
    await client.clock.pass(50);

    assert.deepEqual(client.socket.fresh(), [{ t: 'ice', s: 1, c: 7, d: [HOST] }]);
    assert.equal(pc.restarts, 0);
  });

  it('is dropped where the other end does not restart it', async () => {
    const client = await new Client().joined();
    const pc = await client.linked({ init: false });

    pc.become('failed');
    await client.clock.pass(14_999);
    assert.deepEqual(client.of('gone'), []);
    await client.clock.pass(1);

    assert.equal(client.of('gone').length, 1);
    assert.equal(pc.restarts, 0);
    assert.deepEqual(client.socket.sent, [{ t: 'drop', s: 1, c: 7 }]);
  });

  it('that fails while the server is away is lost at once', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();
    client.socket.end();

    pc.become('failed');

    assert.equal(client.of('gone').length, 1);
    assert.equal(pc.restarts, 0);
  });

  it('is counted among those to several peers', async () => {
    const client = await new Client().joined();

    await client.linked({ c: 7 });
    await client.linked({ c: 8, peer: OTHER, init: false });

    assert.deepEqual([...client.swarm.peers.keys()], [PEER, OTHER]);
    const { started, opened, failed } = client.waggle.stats();
    assert.deepEqual({ started, opened, failed }, { started: 2, opened: 2, failed: {} });
  });
});
