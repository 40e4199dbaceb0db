// SPDX-License-Identifier: Apache-2.0
//
// The browser client of Waggle: data channels to the peers that a server of waggle.v1 names
// (docs/protocol/native.md). It never stands in the way of playback: what goes wrong means fewer
// peers. What waggle.d.ts does not tell is private.

const LIMITS = {
  linkMs: 15_000,
  holdMs: 30,      // a description waits for candidates: the host's come by then
  batchMs: 50,     // later ones wait for more
  stateMs: 5_000,
  welcomeMs: 10_000,
  pauseMs: 500,    // before a reconnect; doubles ...
  pauseMsMax: 30_000,
  calmMs: 30_000,  // ... until a connection has lasted so long
  links: 24,
  more: 8,
  early: 64,
};

const POLICY = { p2p: true, want: 8, report: 30, relay: false };

const KINDS = {
  100: 'internal', 101: 'unauthorized', 102: 'bad_token', 103: 'forbidden', 105: 'bad_message',
  106: 'joined_already', 107: 'limit', 108: 'rate_limited', 110: 'overloaded', 111: 'not_joined',
  112: 'id_in_use', 114: 'no_link',
};

const DONE = 1000;
const REPLACED = 4000;  // unlike DONE it does not give up the seat

export class WaggleError extends Error {
  constructor(code, message, retry) {
    super(message || `code ${code}`);
    const kind = KINDS[code] ?? (code < 1000 ? 'unknown' : 'closed');
    Object.assign(this, { name: 'WaggleError', code, kind, retry });
  }
}

const SHAPES = { u: /^[\w+/]{4,256}$/, p: /^[\w+/]{22,256}$/, f: /^[\w-]{43}$/,
                 r: /^(actpass|active|passive)$/, m: /^\d{1,10}$/ };
const fits = (d) => Object.keys(SHAPES).every((name) => SHAPES[name].test(d[name] ?? ''));

/// Null where the template would lose something.
export function compactDescription(sdp) {
  const [session, media, more] = sdp.split(/^(?=m=)/m);
  const attribute = (name) => {
    const line = new RegExp(`^a=${name}[: ](.*)$`, 'im');
    return (line.exec(media) ?? line.exec(session) ?? ['', ''])[1];
  };
  if (more || !/^m=application [1-9]\d* UDP\/DTLS\/SCTP webrtc-datachannel$/m.test(media) ||
      attribute('mid') !== '0' || attribute('sctp-port') !== '5000' ||
      !/\btrickle\b/.test(attribute('ice-options')) || /^a=(ice-lite|identity)/m.test(sdp) ||
      sdp.split(/^a=fingerprint:sha-256 /im).length !== 2) return null;

  const f = btoa(attribute('fingerprint:sha-256').replace(/([\da-f]{2}):?/gi,
    (_, hex) => String.fromCharCode(parseInt(hex, 16))));
  const d = {
    u: attribute('ice-ufrag'),
    p: attribute('ice-pwd'),
    f: f.replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_'),
    r: attribute('setup'),
    m: Number(attribute('max-message-size') || 65536),  // RFC 8841 section 6.1
    k: candidatesOf(sdp),
  };
  if (!fits(d)) return null;
  if (d.m === 262144) delete d.m;
  if (/^a=end-of-candidates/m.test(sdp)) d.k.push('');
  if (!d.k.length) delete d.k;
  return d;
}

/// Of either form; null for what is neither.
export function expandDescription(d, type) {
  if (typeof d?.sdp === 'string') return d.type === type ? { type, sdp: d.sdp } : null;
  const { u, p, f, r, m = 262144, k = [] } = d ?? {};
  if (!fits({ u, p, f, r, m })) return null;
  const hash = atob(f.replace(/-/g, '+').replace(/_/g, '/')).replace(/[^]/g,
    (byte) => `:${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).slice(1).toUpperCase();
  const sdp = `v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=mid:0
a=ice-ufrag:${u}
a=ice-pwd:${p}
a=ice-options:trickle
a=fingerprint:sha-256 ${hash}
a=setup:${r}
a=sctp-port:5000
a=max-message-size:${m}
${k.map((text) => (text ? `a=candidate:${text}\n` : 'a=end-of-candidates\n')).join('')}`;
  return { type, sdp: sdp.replace(/\n/g, '\r\n') };
}

/// Null for one that only connects over TCP: between browsers nobody listens. The related address
/// is for diagnostics (RFC 8839 section 5.1) and tells what is behind the NAT: it is masked.
export function compactCandidate(text) {
  return / tcptype active/i.test(text) ? null : text.trim().replace(/^(a=)?candidate:/, '')
    .replace(/ (generation|ufrag|network-id|network-cost) \S+/g, '')
    .replace(/ raddr (\S+) rport \d+/,
      (_, address) => ` raddr ${address.includes(':') ? '::' : '0.0.0.0'} rport 0`);
}

/// By index: the mid of a whole description may be another one.
export function expandCandidate(text) {
  return { candidate: text && `candidate:${text}`, sdpMLineIndex: 0 };
}

const candidatesOf = (sdp) =>
  (sdp.match(/^a=candidate:.*$/gm) ?? []).map(compactCandidate).filter(Boolean);

class Emitter {
  #listeners = new Set();

  on(event, listener) {
    const entry = { event, listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  emit(event, value) {
    for (const entry of [...this.#listeners]) {
      if (entry.event !== event) continue;
      try {
        entry.listener(value);
      } catch (error) {
        this.log('listener failed', { event, error });
      }
    }
  }
}

class Link {
  holding = true;  // `batch` waits for our description
  batch = [];      // our candidates
  early = [];      // theirs, before their description

  constructor(swarm, { c, peer, init, lan }) {
    const { waggle } = swarm;
    Object.assign(this, { swarm, waggle, c, id: peer, init, lan: !!lan });
    this.round = waggle.round;
    this.started = waggle.scope.performance.now();
    this.stopBudget = waggle.after(LIMITS.linkMs, () => this.end('timeout'));
    swarm.links.add(this);
    ++waggle.counts.started;
    this.run(() => {
      const pc = this.pc = new waggle.RTCPeerConnection(waggle.configuration());
      pc.addEventListener('icecandidate', (event) => this.gathered(event.candidate?.candidate));
      pc.addEventListener('connectionstatechange', () => this.changed());
      pc.addEventListener('datachannel', (event) => this.bind(event.channel));
      if (init) this.bind(pc.createDataChannel('waggle'));
      return init && this.describe();
    });
  }

  async run(step) {
    try {
      await step();
    } catch (error) {
      this.end('other');
      this.waggle.log('link failed', { error });
    }
  }

  /// Candidates that are there soon ride along: a message less to relay.
  async describe() {
    const { pc, waggle } = this;
    this.holding = true;
    const held = new Promise((done) => {
      this.finish = done;
      waggle.after(LIMITS.holdMs, done);
    });
    await pc.setLocalDescription();
    await held;
    if (this.over) return;
    const { type, sdp } = pc.localDescription;
    let d = waggle.compact && compactDescription(sdp);
    if (d) d.k = this.batch.splice(0);
    else this.batch = this.batch.filter((text) => !candidatesOf(sdp).includes(text));
    d ||= { type, sdp };
    this.holding = false;
    if (this.say(type, { d })) this.flush();
    else this.end('other');
  }

  gathered(candidate) {
    if (candidate) {
      const text = compactCandidate(candidate);
      if (text) this.batch.push(text);
      if (!this.holding) this.stopBatch ??= this.waggle.after(LIMITS.batchMs, () => this.flush());
    } else {
      // The end is worth three bytes, but no message: the budget shows failures as well.
      this.batch.push('');
      this.finish?.();
      this.flush();
    }
  }

  flush() {
    this.stopBatch?.();
    this.stopBatch = null;
    if (this.news && this.say('link', this.news)) this.news = null;
    if (this.holding) return;
    // Once connected, no other path is needed. What cannot be said is kept for a resume.
    const needless = !this.batch.some(Boolean) || this.pc.connectionState === 'connected';
    if (needless || this.say('ice', { d: this.batch })) this.batch = [];
  }

  async take(type, d) {
    if (type === 'ice') return this.add(d);
    const { pc, init } = this;
    const due = init ? 'answer in have-local-offer' : 'offer in stable';
    if (`${type} in ${pc.signalingState}` !== due) return;
    // Candidates apart, lest one that this browser cannot read spoils all.
    const remote = expandDescription({ ...d, k: [] }, type);
    this.described = false;
    await pc.setRemoteDescription(remote);
    this.described = true;
    this.add([...(d.k ?? []), ...this.early.splice(0)]);
    if (!init) await this.describe();
  }

  add(candidates) {
    for (const text of candidates) {
      if (this.described) {
        this.pc.addIceCandidate(expandCandidate(text))
          .catch((error) => this.waggle.log('candidate refused', { error }));
      } else if (this.early.length < LIMITS.early) {
        this.early.push(text);
      }
    }
  }

  bind(channel) {
    if (this.channel) return;
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('open', () => this.opened());
    channel.addEventListener('close', () => this.end());
    if (channel.readyState === 'open') this.opened();
  }

  opened() {
    if (this.over || this.peer) return;
    const { id, channel, pc: connection, init: initiator, lan, waggle, swarm } = this;
    this.stopBudget();
    ++waggle.counts.opened;
    const ms = Math.round(waggle.scope.performance.now() - this.started);
    this.peer = { id, channel, connection, initiator, lan, close: (why) => this.end(why) };
    if (initiator) {
      candidateType(connection).catch(() => undefined).then((type) => {
        this.news = { ok: true, ms, type };
        this.flush();
      });
    }
    swarm.peers.set(id, this.peer);
    swarm.emit('peer', this.peer);
  }

  changed() {
    const { connectionState: state, iceConnectionState: ice } = this.pc;
    if (state === 'closed') this.end();
    if (state === 'connected' && this.mending) {
      this.mending = false;
      this.stopBudget();
    }
    if (state !== 'failed') return;  // 'disconnected' becomes that, or passes
    if (!this.peer) return this.end(/^con|^com/.test(ice) ? 'dtls' : 'ice');
    if (this.mending || this.c === null || !this.waggle.live) return this.end('failed');
    this.mending = true;
    this.stopBudget = this.waggle.after(LIMITS.linkMs, () => this.end('failed'));
    if (!this.init) return;  // the other end sees it as well, and restarts
    this.pc.restartIce();
    this.run(() => this.describe());
  }

  say(t, members) {
    const { c, swarm } = this;
    return c !== null && !this.over && swarm.say(t, { c, ...members });
  }

  /// @param known  the server said so itself, or has forgotten the link.
  end(why = this.peer ? 'closed' : 'other', known = false) {
    if (this.over) return;
    const { id, peer, swarm, waggle } = this;
    if (!known && !peer) this.say('link', { ok: false, why });
    else if (!known && this.named) swarm.say('drop', { peer: id });
    else if (!known) this.say('drop');
    this.over = true;
    this.stopBudget();
    this.stopBatch?.();
    this.pc?.close();
    swarm.links.delete(this);
    waggle.log('link over', { peer: id, why });
    if (peer) {
      swarm.peers.delete(id);
      swarm.emit('gone', peer);
    } else {
      const { failed } = waggle.counts;
      failed[why] = (failed[why] ?? 0) + 1;
      swarm.emit('failed', { id, why });
    }
  }
}

/// The farther one of the pair in use, which Firefox marks itself.
async function candidateType(connection) {
  const stats = await connection.getStats();
  const all = [...stats.values()];
  const chosen = all.find((entry) => entry.selectedCandidatePairId)?.selectedCandidatePairId;
  const pair = stats.get(chosen) ?? all.find((entry) => entry.selected);
  const types = [pair.localCandidateId, pair.remoteCandidateId]
    .map((id) => stats.get(id)?.candidateType);
  return ['relay', 'srflx', 'prflx', 'host'].find((type) => types.includes(type));
}

class Swarm extends Emitter {
  links = new Set();
  peers = new Map();
  size = 0;
  joined = false;
  fields = {};
  changed = {};  // of these, not said yet

  constructor(waggle, handle, name, { token, ...fields }) {
    super();
    Object.assign(this, { waggle, handle, name, token, log: waggle.log });
    this.update(fields);
    this.answer = new Promise((resolve, reject) => {
      this.settle = (error) => (error ? reject(error) : resolve(this));
    });
    waggle.after(waggle.patience, this.settle);
  }

  /// Also to a server that has forgotten this client: links that are not open yet are lost then,
  /// and the others wait for a new number.
  join() {
    const { name: swarm, token } = this;
    this.joined = false;
    for (const link of [...this.links]) {
      if (!link.peer) link.end('other', true);
      link.c = null;
    }
    const open = [...this.links].slice(0, LIMITS.links);
    const links = open.length ? open.map((link) => link.id) : undefined;
    if (this.say('join', { swarm, ...this.fields, token, links })) this.changed = {};
    for (const link of open) link.named = true;
  }

  say(t, members) {
    const { waggle, handle: s } = this;
    return waggle.swarms.get(s) === this && waggle.say({ t, s, ...members });
  }

  find(c) {
    return [...this.links].find((link) => link.c === c || link.id === c);
  }

  receive(message) {
    const { t, c, n, d, why, links } = message;
    const link = this.find(c);
    if (t === 'match') {
      this.match(message);
    } else if (t === 'joined') {
      this.joined = true;
      this.size = n;
      if (links) this.reconcile(links);
      this.settle();
      this.sayState();
    } else if (t === 'drop' || (t === 'gone' && !link?.peer)) {
      link?.end(why ?? t, true);
    } else if (t === 'gone') {
      link.c = null;
    } else {
      link?.run(() => link.take(t, d));
    }
  }

  match({ c, peer, init, lan, open }) {
    const { waggle } = this;
    const old = this.find(peer);
    if (open && old?.peer) {
      Object.assign(old, { c, init, named: false });
    } else if (open) {
      this.say('drop', { c });
    } else {
      old?.end('replaced', true);  // the other end has lost it
      if (waggle.policy.p2p && waggle.RTCPeerConnection) new Link(this, { c, peer, init, lan });
      else this.say('link', { c, ok: false, why: 'refused' });
    }
  }

  /// After a resume. A link of this very connection is too new for the list.
  reconcile(listed) {
    for (const link of [...this.links]) {
      if (listed.includes(link.c)) link.flush();
      else if (link.c !== null && link.round !== this.waggle.round) link.end('closed', true);
    }
    for (const c of listed) if (!this.find(c)) this.say('drop', { c });
  }

  update(fields) {
    for (const name of ['want', 'up', 'have', 'pos']) {
      const given = fields[name] ?? this.fields[name];
      const value = typeof given === 'number' ? Math.round(given) : given;
      if (this.fields[name] !== value) this.fields[name] = this.changed[name] = value;
    }
    this.sayState();
  }

  sayState() {
    const idle = !this.joined || this.resting || !Object.keys(this.changed).length;
    if (idle || !this.say('state', this.changed)) return;
    this.changed = {};
    this.resting = this.waggle.after(LIMITS.stateMs, () => {
      this.resting = null;
      this.sayState();
    });
  }

  more(n = 1) {
    if (this.joined) this.say('more', { n: Math.min(Math.ceil(n), LIMITS.more) });
  }

  /// To the server, who joins without p2p wants nothing.
  revive(usual) {
    const { want = usual } = this.fields;
    if (this.joined) this.say('state', { want });
    this.more(want / 2);
  }

  endLinks(why, known) {
    for (const link of [...this.links]) link.end(why, known);
  }

  /// @param error  why the server has refused the swarm for good.
  leave(error) {
    const { waggle, handle: s } = this;
    if (waggle.swarms.get(s) !== this) return;
    if (!error && !this.say('leave')) waggle.left.push(s);
    waggle.swarms.delete(s);
    this.endLinks('left', true);
    this.settle(error);
    if (error) waggle.emit('error', error);
  }
}

export class Waggle extends Emitter {
  state = 'waiting';
  policy = POLICY;
  counts = { started: 0, opened: 0, reconnects: 0, resumed: 0, failed: {}, sent: {}, received: {} };
  swarms = new Map();
  left = [];      // handles to leave later
  handle = 0;
  round = 0;      // of connections
  attempt = 0;
  notBefore = 0;  // no reconnect until then
  owed = {};      // bytes to report

  constructor(url, {
    token, compact = true, rtc, iceServers, patience = 5_000, log = () => {}, scope = globalThis,
    WebSocket = scope.WebSocket, RTCPeerConnection = scope.RTCPeerConnection,
  } = {}) {
    super();
    Object.assign(this, {
      token, compact, rtc, iceServers, patience, log, scope, WebSocket, RTCPeerConnection,
    });
    this.url = new URL(url, scope.location?.href);
    this.url.protocol = this.url.protocol.replace('http', 'ws');
    this.hidden = ({ persisted }) => {
      this.sayReport();
      if (!persisted) this.close();  // no ghost in its seat
    };
    this.scope.addEventListener?.('pagehide', this.hidden);
  }

  after(ms, run) {
    const timer = this.scope.setTimeout(run, ms);
    return () => this.scope.clearTimeout(timer);
  }

  configuration() {
    const { rtc, iceServers = rtc?.iceServers ?? this.ice, policy } = this;
    return { ...rtc, iceServers, ...(policy.relay && { iceTransportPolicy: 'relay' }) };
  }

  async join(name, options = {}) {
    if (this.ended) throw this.ended;
    for (const swarm of this.swarms.values()) {
      if (swarm.name === name) throw new WaggleError(106, 'joined already');
    }
    do this.handle = (this.handle + 1) % 65536; while (this.swarms.has(this.handle));
    const swarm = new Swarm(this, this.handle, name, options);
    this.swarms.set(this.handle, swarm);
    swarm.join();
    if (!this.socket && !this.stopRetry) this.connect();
    return swarm.answer;
  }

  connect() {
    this.stopRetry = null;
    this.welcomed = Infinity;
    if (this.round++) ++this.counts.reconnects;
    this.become('connecting');
    if (this.ended) return;
    this.stopGreeting = this.after(LIMITS.welcomeMs, () => this.abandon(REPLACED));
    try {
      const socket = this.socket = new this.WebSocket(this.url.href, ['waggle.v1']);
      // What was given up has nothing more to say, not even 4311.
      const current = (run) => (event) => this.socket === socket && run(event);
      socket.onopen = current(() => this.hello());
      socket.onmessage = current(({ data }) => this.receive(data));
      socket.onclose = current(({ code, reason }) => this.lost(code, reason));
    } catch (error) {
      this.lost(error);
    }
  }

  hello() {
    const { id, resume, token } = this;
    this.live = true;
    this.say({ t: 'hello', id, resume, token, ua: 'waggle.js/0.1' });
    // A client that resumes must not go on before it knows about its seat.
    this.live = !resume;
    if (this.live) this.joinAll();
  }

  joinAll() {
    this.left = [];
    for (const swarm of this.swarms.values()) swarm.join();
  }

  say(message) {
    if (!this.live || this.socket.readyState !== 1) return false;
    const text = JSON.stringify(message);
    this.count('sent', message.t, text);
    this.socket.send(text);
    return true;
  }

  count(way, t, text) {
    const { messages = 0, bytes = 0 } = this.counts[way][t] ?? {};
    this.counts[way][t] = { messages: messages + 1, bytes: bytes + text.length };
  }

  receive(text) {
    try {
      const message = JSON.parse(text);
      const { t, s, ice, policy } = message;
      this.count('received', t, text);
      const swarm = this.swarms.get(s);
      if (t === 'welcome') this.welcome(message);
      else if (t === 'servers') this.ice = ice;
      else if (t === 'policy') this.govern(policy);
      else if (t === 'away') this.away(message);
      else if (t === 'err') this.refused(message, swarm);
      else swarm?.receive(message);
    } catch (error) {
      this.log('message not understood', { error });
    }
  }

  welcome({ id, resume, ice, policy, resumed }) {
    const resuming = !this.live;
    Object.assign(this, { id, resume, ice, live: true, welcomed: this.scope.performance.now() });
    this.stopGreeting();
    if (resumed) {
      ++this.counts.resumed;
      for (const s of this.left.splice(0)) this.say({ t: 'leave', s });
      for (const swarm of this.swarms.values()) if (!swarm.joined) swarm.join();
    } else if (resuming) {
      this.joinAll();
    }
    this.become('open');
    this.govern(policy);
  }

  govern(policy) {
    const { p2p, want, report, relay } = { ...POLICY, ...policy };
    const paused = !this.policy.p2p;
    this.policy = { p2p, want, report, relay };
    for (const swarm of [...this.swarms.values()]) {
      if (!p2p) swarm.endLinks('refused');
      else if (paused) swarm.revive(want);
    }
    this.emit('policy', this.policy);
  }

  away({ after = 0, spread = 0 }) {
    const ms = 1000 * (after + this.scope.Math.random() * spread);
    this.notBefore = this.scope.performance.now() + ms;
    this.stopRetry?.();
    this.stopRetry = this.after(ms, () => this.abandon(REPLACED));
  }

  refused({ code, msg, s, c, retry }, swarm) {
    const error = new WaggleError(code, msg, retry);
    const link = swarm?.find(c);
    const joining = swarm && !swarm.joined && c === undefined;
    const greeting = s === undefined && this.welcomed === Infinity;
    if (code === 112) {
      this.id = this.resume = undefined;
      this.abandon(DONE);
    } else if (code === 114) {
      if (link?.peer) link.c = null;
      else link?.end('other', true);
    } else if (code === 111) {
      if (swarm?.joined) swarm.join();
    } else if (joining && code === 106) {
      // A join before the resume was not lost; `joined` follows.
    } else if (retry === undefined && (joining || (swarm && code < 104))) {
      swarm.leave(error);
    } else if (greeting && retry === undefined) {
      this.end(error);
    } else {
      this.emit('error', error);
      const ms = 1000 * retry * (1 + this.scope.Math.random());
      if (joining) this.after(ms, () => swarm.joined || swarm.join());
      if (!greeting) return;
      this.notBefore = this.scope.performance.now() + ms;
      this.abandon(REPLACED);
    }
  }

  abandon(code) {
    const { socket } = this;
    this.socket = null;
    socket?.close(code);
    this.lost(code);
  }

  lost(code, reason) {
    const now = this.scope.performance.now();
    this.socket = null;
    this.live = false;
    this.stopGreeting?.();
    this.stopRetry?.();
    this.log('connection lost', { code, reason });
    if (code >= 4500 && code <= 4999) return this.end(new WaggleError(code, reason));
    // Two that take a seat from each other would never stop.
    if (code === 4311) this.id = this.resume = undefined;
    if (now - this.welcomed > LIMITS.calmMs) this.attempt = 0;
    const most = Math.min(LIMITS.pauseMsMax, LIMITS.pauseMs * 2 ** this.attempt++);
    const pause = Math.max(this.notBefore - now, this.scope.Math.random() * most);
    this.stopRetry = this.after(pause, () => this.connect());
    this.become('waiting');
  }

  become(state) {
    this.state = state;
    this.emit('state', state);
  }

  report(bytes) {
    for (const [name, count] of Object.entries(bytes)) {
      this.owed[name] = (this.owed[name] ?? 0) + Math.round(count);
    }
    if (!this.policy.report || this.ended) return;
    this.stopReport ??= this.after(1000 * this.policy.report, () => {
      this.stopReport = null;
      if (!this.sayReport()) this.report({});
    });
  }

  sayReport() {
    const due = Object.keys(this.owed).length && this.policy.report;
    if (due && !this.say({ t: 'report', ...this.owed })) return false;
    this.owed = {};
    return true;
  }

  stats() {
    return structuredClone(this.counts);
  }

  close() {
    this.end();
  }

  /// @param error  none: the page is done. From the server: open links go on.
  end(error) {
    if (this.ended) return;
    this.sayReport();
    this.ended = error ?? new WaggleError(DONE, 'closed');
    for (const stop of [this.stopGreeting, this.stopRetry, this.stopReport]) stop?.();
    this.scope.removeEventListener?.('pagehide', this.hidden);
    this.socket?.close(DONE);
    this.socket = null;
    this.live = false;
    for (const swarm of [...this.swarms.values()]) {
      if (!error) swarm.endLinks('left', true);
      swarm.settle(this.ended);
    }
    this.become('closed');
    if (error) this.emit('error', error);
  }
}
