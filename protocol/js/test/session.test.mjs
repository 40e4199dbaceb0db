// SPDX-License-Identifier: Apache-2.0
//
// The connection to the server: greeting, joins, refusals, policy, reports, and its end.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Waggle, WaggleError } from '../waggle.js';
import { Client, match, OTHER, PEER, welcome } from './support/client.mjs';
import { settled } from './support/clock.mjs';

describe('the greeting', () => {
  it('waits for the first join, then says hello and join at once', () => {
    const client = new Client({ token: 'let me in' });
    assert.equal(client.server.sockets.length, 0);

    client.join('movie', { want: 4, up: false, have: 12.4, pos: 61.7, token: 'swarm' });
    assert.deepEqual(client.socket.protocols, ['waggle.v1']);
    assert.equal(client.socket.url, 'wss://tracker.example/');
    client.socket.open();

    const [hello, join, ...others] = client.socket.sent;
    assert.match(hello.ua, /^waggle\.js\//);
    assert.deepEqual({ ...hello, ua: '' }, { t: 'hello', token: 'let me in', ua: '' });
    assert.deepEqual(join, { t: 'join', s: 1, swarm: 'movie', want: 4, up: false, have: 12, pos: 62,
                             token: 'swarm' });
    assert.deepEqual(others, []);
  });

  it('tells who this is, and what the server wants', () => {
    const client = new Client().join();

    client.greet({ id: 'MyOwnName-000000', policy: { want: 3 } });

    assert.equal(client.waggle.id, 'MyOwnName-000000');
    assert.deepEqual(client.waggle.policy, { p2p: true, want: 3, report: 30, relay: false });
    assert.deepEqual(client.of('policy'), [client.waggle.policy]);
    assert.deepEqual(client.of('state'), ['connecting', 'open']);
  });

  it('that does not come is not waited for', async () => {
    const client = new Client().join();
    client.socket.open();

    await client.clock.pass(10_000);
    assert.notEqual(client.server.sockets[0].closedWith, null);
    await client.clock.pass(500);

    assert.equal(client.server.sockets.length, 2);
  });

  it('goes to the address of the page where the URL is relative, over ws or wss', () => {
    const location = { href: 'https://video.example/watch/' };
    const client = new Client({ scope: { location } });
    const { scope } = client.waggle;
    const made = (url) => new Waggle(url, { scope }).url.href;

    assert.equal(made('/tracker'), 'wss://video.example/tracker');
    assert.equal(made('http://tracker.example:8000/'), 'ws://tracker.example:8000/');
    assert.throws(() => new Waggle('not a url', {}), TypeError);
  });
});

describe('a join', () => {
  it('resolves with a swarm as soon as the server says so', async () => {
    const client = new Client().join().greet();

    client.socket.say({ t: 'joined', s: 1, n: 7 });
    const swarm = await client.joining;

    assert.equal(swarm.size, 7);
    assert.equal(swarm.peers.size, 0);
  });

  it('resolves without peers when patience ends, and goes on in the background', async () => {
    const client = new Client({ patience: 2_000 }).join();
    let swarm = null;
    client.joining.then((value) => (swarm = value));

    await client.clock.pass(1_999);
    assert.equal(swarm, null);
    await client.clock.pass(1);
    assert.equal(swarm.size, 0);
    client.greet().socket.say({ t: 'joined', s: 1, n: 2 });

    assert.equal(swarm.size, 2);
  });

  it('has a handle of its own', () => {
    const client = new Client().join('a').join('b').greet();
    assert.deepEqual(client.socket.of('join').map(({ s, swarm }) => [s, swarm]),
      [[1, 'a'], [2, 'b']]);

    client.join('c');

    assert.equal(client.socket.of('join')[2].s, 3);
  });

  it('of a swarm that is joined is refused here', async () => {
    const client = await new Client().joined();

    await assert.rejects(client.waggle.join('movie'), { kind: 'joined_already', code: 106 });

    assert.deepEqual(client.socket.sent, []);
  });

  it('is rejected where trying again does not mend it, and the others go on', async () => {
    const client = await new Client().joined();
    client.join('secret');

    client.socket.say({ t: 'err', s: 2, code: 103, msg: 'not for you' });

    await assert.rejects(client.joining, (error) => error instanceof WaggleError &&
      error.code === 103 && error.kind === 'forbidden' && error.retry === undefined &&
      error.message === 'not for you');
    assert.equal(client.of('error')[0].kind, 'forbidden');
    assert.equal(client.waggle.state, 'open');
    await client.reconnecting();
    client.greet();
    assert.deepEqual(client.socket.of('join').map(({ swarm }) => swarm), ['movie']);
  });

  it('is over when the server takes its right back', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    client.socket.say({ t: 'err', s: 1, code: 103, msg: 'not any more' });
    client.swarm.more();

    assert.equal(client.of('error')[0].kind, 'forbidden');
    assert.equal(client.of('gone').length, 1);
    assert.equal(pc.connectionState, 'closed');
    assert.deepEqual(client.socket.sent, []);
  });

  it('is not over when the server does not take something else that it said', async () => {
    const client = await new Client().joined();

    client.socket.say({ t: 'err', s: 1, code: 105, msg: 'bad' },
      { t: 'err', s: 1, code: 108, msg: 'slow down', retry: 5 });
    client.swarm.more();

    assert.deepEqual(client.of('error').map(({ kind }) => kind), ['bad_message', 'rate_limited']);
    assert.deepEqual(client.socket.sent, [{ t: 'more', s: 1, n: 1 }]);
  });

  it('that was refused for now is said again, after up to twice what the server asks', async () => {
    const client = new Client().join().greet();
    client.socket.fresh();

    client.socket.say({ t: 'err', s: 1, code: 110, msg: 'busy', retry: 5 });
    const [{ kind, retry }] = client.of('error');
    assert.deepEqual([kind, retry], ['overloaded', 5]);
    await client.clock.pass(7_499);
    assert.deepEqual(client.socket.sent, []);
    await client.clock.pass(1);

    assert.deepEqual(client.socket.sent, [{ t: 'join', s: 1, swarm: 'movie' }]);
  });

  it('is said again to a server that does not know the handle any more', async () => {
    const client = await new Client().joined();
    await client.linked();

    client.socket.say({ t: 'err', s: 1, code: 111, msg: 'not joined' });

    assert.deepEqual(client.socket.sent, [{ t: 'join', s: 1, swarm: 'movie', links: [PEER] }]);
  });
});

describe('a swarm', () => {
  it('says what has changed, but every few seconds at most', async () => {
    const client = await new Client().joined({ pos: 1 });

    client.swarm.update({ pos: 1, have: 2 });
    client.swarm.update({ pos: 3 });
    client.swarm.update({ pos: 5, up: false });
    assert.deepEqual(client.socket.fresh(), [{ t: 'state', s: 1, have: 2 }]);
    await client.clock.pass(5_000);
    assert.deepEqual(client.socket.fresh(), [{ t: 'state', s: 1, pos: 5, up: false }]);
    await client.clock.pass(5_000);

    assert.deepEqual(client.socket.fresh(), []);
  });

  it('asks for more, but not for more than eight', async () => {
    const client = await new Client().joined();

    client.swarm.more();
    client.swarm.more(100);

    assert.deepEqual(client.socket.sent, [{ t: 'more', s: 1, n: 1 }, { t: 'more', s: 1, n: 8 }]);
  });

  it('that is left closes its links and hears nothing more', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    client.swarm.leave();
    client.swarm.leave();
    client.swarm.more();
    client.socket.say(match(8, true), { t: 'err', s: 1, code: 111, msg: 'not joined' });

    assert.deepEqual(client.socket.sent, [{ t: 'leave', s: 1 }]);
    assert.equal(pc.connectionState, 'closed');
    assert.equal(client.of('gone').length, 1);
    assert.equal(client.connections.length, 1);
    assert.deepEqual(client.of('error'), []);
  });
});

describe('what ends for good', () => {
  it('rejects the joins on the way and is not tried again: close codes from 4500', async () => {
    const client = new Client().join();

    client.socket.open().end(4506, 'no version in common');

    await assert.rejects(client.joining,
      { kind: 'closed', code: 4506, message: 'no version in common' });
    await client.clock.pass(100_000);
    assert.equal(client.server.sockets.length, 1);
    assert.equal(client.waggle.state, 'closed');
    assert.equal(client.of('error')[0].code, 4506);
    await assert.rejects(client.waggle.join('other'), { code: 4506 });
  });

  it('leaves links that are open alone', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    client.socket.end(4503, 'tenant is not served any more');

    assert.equal(pc.connectionState, 'connected');
    assert.equal(client.swarm.peers.size, 1);
    client.swarm.peers.get(PEER).close();
    assert.equal(client.of('gone').length, 1);
  });

  it('may be a hello that is refused', async () => {
    const client = new Client().join();

    client.socket.open().say({ t: 'err', code: 102, msg: 'expired' });

    await assert.rejects(client.joining, { kind: 'bad_token' });
    assert.equal(client.waggle.state, 'closed');
  });

  it('is not a hello that is refused for now', async () => {
    const client = new Client().join();

    client.socket.open().say({ t: 'err', code: 110, msg: 'busy', retry: 5 });
    assert.equal(client.waggle.state, 'waiting');
    await client.clock.pass(7_499);
    assert.equal(client.server.sockets.length, 1);
    await client.clock.pass(1);

    assert.equal(client.server.sockets.length, 2);
  });

  it('is not a close code below: the client comes back', async () => {
    const client = new Client().join().greet();

    client.socket.end(4403, 'banned');
    await client.clock.pass(500);

    assert.equal(client.server.sockets.length, 2);
  });

  it('is what the page does by close()', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();

    client.waggle.close();
    client.waggle.close();

    assert.equal(client.socket.closedWith, 1000);
    assert.equal(pc.connectionState, 'closed');
    assert.deepEqual(client.of('state'), ['connecting', 'open', 'closed']);
    assert.deepEqual(client.of('error'), []);
    await assert.rejects(client.waggle.join('other'), { kind: 'closed', code: 1000 });
  });
});

describe('a listener', () => {
  it('that throws harms neither the client nor the other listeners', async () => {
    const logged = [];
    const client = await new Client({ log: (text, more) => logged.push([text, more]) }).joined();
    const calls = [];
    client.swarm.on('peer', () => {
      throw new Error('of the page');
    });
    client.swarm.on('peer', () => calls.push('second'));

    await client.linked();

    assert.deepEqual(calls, ['second']);
    assert.equal(client.swarm.peers.size, 1);
    assert.deepEqual(logged.filter(([text]) => text === 'listener failed')
      .map(([, { event, error }]) => [event, error.message]), [['peer', 'of the page']]);
  });

  it('is heard no more once it is taken back, even when it was added twice', () => {
    const client = new Client();
    const calls = [];
    const listener = (state) => calls.push(state);
    const off = client.waggle.on('state', listener);
    client.waggle.on('state', listener);

    off();
    off();
    client.join();

    assert.deepEqual(calls, ['connecting']);
  });

  it('may close the client before it has a socket', async () => {
    const client = new Client();
    client.waggle.on('state', () => client.waggle.close());

    client.join();

    await assert.rejects(client.joining, { kind: 'closed' });
    assert.deepEqual(client.server.sockets, []);
    await client.clock.pass(60_000);
    assert.equal(client.waggle.state, 'closed');
  });

  it('may close the client', async () => {
    const client = await new Client().joined();
    client.swarm.on('peer', () => client.waggle.close());

    await client.linked();

    assert.equal(client.waggle.state, 'closed');
    assert.equal(client.of('gone').length, 1);
  });
});

describe('the policy', () => {
  it('without p2p closes every link and takes no match until it is back', async () => {
    const client = await new Client().joined();
    const pc = await client.linked();
    client.socket.say(match(8, true, { peer: OTHER }));

    client.socket.say({ t: 'policy', policy: { p2p: false } });
    assert.deepEqual(client.socket.fresh(), [
      { t: 'drop', s: 1, c: 7 }, { t: 'link', s: 1, c: 8, ok: false, why: 'refused' }]);
    assert.equal(pc.connectionState, 'closed');
    client.socket.say(match(9, true));
    assert.deepEqual(client.socket.fresh(), [{ t: 'link', s: 1, c: 9, ok: false, why: 'refused' }]);
    client.socket.say({ t: 'policy', policy: { p2p: true, want: 6 } });

    assert.deepEqual(client.socket.fresh(),
      [{ t: 'state', s: 1, want: 6 }, { t: 'more', s: 1, n: 3 }]);
    assert.equal(client.waggle.policy.report, 30);
    assert.equal(client.connections.length, 2);
  });

  it('makes new connections use relays only', async () => {
    const client = await new Client({ rtc: { bundlePolicy: 'max-bundle' } }).joined();

    client.socket.say({ t: 'policy', policy: { relay: true } }, match(8, true));

    assert.deepEqual(client.connections[0].configuration,
      { bundlePolicy: 'max-bundle', iceServers: [], iceTransportPolicy: 'relay' });
  });

  it('leaves ICE servers of the page in force, wherever it names them', () => {
    const iceServers = [{ urls: 'stun:mine.example' }];
    for (const options of [{ iceServers }, { rtc: { iceServers } }]) {
      const client = new Client(options).join().greet({ ice: [{ urls: 'stun:a.example' }] });

      client.socket.say({ t: 'joined', s: 1, n: 2 }, match(8, true));

      assert.deepEqual(client.connections[0].configuration.iceServers, iceServers);
    }
  });

  it('and ICE servers of the server hold for connections from then on', async () => {
    const first = [{ urls: 'stun:a.example' }];
    const second = [{ urls: 'turn:b.example', username: 'u', credential: 'c' }];
    const client = new Client().join().greet({ ice: first });
    client.socket.say({ t: 'joined', s: 1, n: 2 }, match(8, true));
    client.socket.say({ t: 'servers', ice: second, ttl: 60 }, match(9, true, { peer: OTHER }));

    assert.deepEqual(client.connections.map(({ configuration }) => configuration.iceServers),
      [first, second]);
  });
});

describe('reports', () => {
  it('add up and are sent as often as the policy says', async () => {
    const client = await new Client().joined();

    client.waggle.report({ p2p: 10, cdn: 5.4 });
    client.waggle.report({ p2p: 1, up: 3 });
    await client.clock.pass(29_999);
    assert.deepEqual(client.socket.fresh(), []);
    await client.clock.pass(1);
    assert.deepEqual(client.socket.fresh(), [{ t: 'report', p2p: 11, cdn: 5, up: 3 }]);
    await client.clock.pass(60_000);
    assert.deepEqual(client.socket.fresh(), []);
    client.waggle.report({ cdn: 7 });
    await client.clock.pass(30_000);

    assert.deepEqual(client.socket.fresh(), [{ t: 'report', cdn: 7 }]);
  });

  it('are no closer together for being made in between', async () => {
    const client = await new Client().joined();
    client.waggle.report({ cdn: 1 });
    await client.clock.pass(10_000);
    client.waggle.report({ cdn: 2 });
    await client.clock.pass(25_000);
    client.waggle.report({ cdn: 4 });

    await client.clock.pass(29_999);
    assert.deepEqual(client.socket.fresh(), [{ t: 'report', cdn: 3 }]);
    await client.clock.pass(1);

    assert.deepEqual(client.socket.fresh(), [{ t: 'report', cdn: 4 }]);
  });

  it('wait while the server is away', async () => {
    const client = await new Client().joined();
    client.waggle.report({ cdn: 7 });
    await client.reconnecting();

    await client.clock.pass(40_000);
    client.greet({ resumed: true });
    await client.clock.pass(30_000);

    assert.deepEqual(client.socket.of('report'), [{ t: 'report', cdn: 7 }]);
  });

  it('are not sent where none are wanted', async () => {
    const client = new Client().join().greet({ policy: { report: 0 } });

    client.waggle.report({ cdn: 7 });
    await client.clock.pass(100_000);
    client.waggle.close();

    assert.deepEqual(client.socket.of('report'), []);
  });

  it('end with the page, which gives up its seat; a page that may come back keeps it', async () => {
    const page = new EventTarget();
    const client = await new Client({ scope: {
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
    } }).joined();
    const hide = (persisted) =>
      page.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));

    client.waggle.report({ p2p: 1 });
    hide(true);
    assert.deepEqual(client.socket.fresh(), [{ t: 'report', p2p: 1 }]);
    assert.equal(client.socket.closedWith, null);
    client.waggle.report({ p2p: 2 });
    hide(false);

    assert.deepEqual(client.socket.fresh(), [{ t: 'report', p2p: 2 }]);
    assert.equal(client.socket.closedWith, 1000);
    assert.equal(client.waggle.state, 'closed');
  });
});

describe('what the server says', () => {
  it('is ignored where nobody knows it', async () => {
    const client = await new Client().joined();

    client.socket.say('not json', 'null', '7', '[]', '{}', { t: 7 }, { t: '__proto__' },
      { t: 'pong', i: 1 }, { t: 'news', s: 1 }, { t: 'ice', s: 1, c: 99, d: [] },
      { t: 'drop', s: 1, c: 99, why: 'left' }, { t: 'gone', s: 9, c: 1 });
    await settled();

    assert.deepEqual(client.socket.sent, []);
    assert.deepEqual(client.of('error'), []);
    assert.equal(client.waggle.state, 'open');
    assert.equal({}.messages, undefined);
  });

  it('is counted by kind, and so is what the client says', () => {
    const client = new Client().join().greet();
    const text = JSON.stringify({ t: 'join', s: 1, swarm: 'movie' });

    const { sent, received } = client.waggle.stats();

    assert.deepEqual(sent.join, { messages: 1, bytes: text.length });
    const bytes = JSON.stringify(welcome()).length;
    assert.deepEqual(received, { welcome: { messages: 1, bytes } });
  });
});
