// SPDX-License-Identifier: Apache-2.0
//
// An RTCPeerConnection without a network: it writes descriptions as Chromium does, and the rest
// happens when a test says so.

const event = (type, members) => Object.assign(new Event(type), members);

class FakeChannel extends EventTarget {
  readyState = 'connecting';
  binaryType = 'blob';

  become(state) {
    this.readyState = state;
    this.dispatchEvent(new Event(state === 'open' ? 'open' : 'close'));
  }
}

/// A class of its own for each test, with the connections that were made in `all`.
export function fakeRtc() {
  return class FakePeerConnection extends EventTarget {
    static all = [];

    signalingState = 'stable';
    connectionState = 'new';
    iceConnectionState = 'new';
    described = null;  // the type of its description
    remoteDescription = null;
    added = [];       // candidates of the other end, as they were given
    refusals = [];    // candidate texts that this connection cannot read
    lines = [];       // a=candidate lines of its own descriptions
    restarts = 0;
    stats = new Map([
      ['T', { type: 'transport', selectedCandidatePairId: 'P' }],
      ['P', { type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R' }],
      ['L', { candidateType: 'host' }],
      ['R', { candidateType: 'prflx' }],
    ]);

    constructor(configuration) {
      super();
      this.configuration = configuration;
      this.constructor.all.push(this);
    }

    createDataChannel(label) {
      this.channel = new FakeChannel();
      this.channel.label = label;
      return this.channel;
    }

    async setLocalDescription() {
      const type = this.signalingState === 'stable' ? 'offer' : 'answer';
      this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
      this.described = type;
    }

    /// Grows with the candidates, as that of a browser.
    get localDescription() {
      const { described: type } = this;
      return type && { type, sdp: this.describe(type) };
    }

    async setRemoteDescription(description) {
      if (!description?.sdp) throw new TypeError('no description');
      if (this.refusals.some((text) => description.sdp.includes(text))) throw new Error('not SDP');
      this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
      this.remoteDescription = description;
    }

    async addIceCandidate(candidate) {
      if (!this.remoteDescription) throw new Error('no remote description yet');
      if (this.refusals.includes(candidate.candidate)) throw new Error('not a candidate');
      this.added.push(candidate);
    }

    restartIce() {
      ++this.restarts;
    }

    async getStats() {
      return this.stats;
    }

    close() {
      this.connectionState = 'closed';
      this.signalingState = 'closed';
    }

    describe(type) {
      const number = this.constructor.all.indexOf(this) + 10 * this.restarts;
      const hash = Array.from({ length: 32 }, (_, i) => (i + number).toString(16).padStart(2, '0'));
      return ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0',
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0',
        ...this.lines.map((line) => `a=candidate:${line}`),
        `a=ice-ufrag:u${String(number).padStart(3, '0')}`, 'a=ice-pwd:passwordpasswordpassword',
        'a=ice-options:trickle', `a=fingerprint:sha-256 ${hash.join(':').toUpperCase()}`,
        `a=setup:${type === 'offer' ? 'actpass' : 'active'}`, 'a=mid:0', 'a=sctp-port:5000',
        'a=max-message-size:262144', ''].join('\r\n');
    }

    // The network's part.

    gather(...candidates) {
      for (const text of candidates) {
        const candidate = { candidate: `candidate:${text}` };
        this.dispatchEvent(event('icecandidate', { candidate }));
      }
    }

    finishGathering() {
      this.dispatchEvent(event('icecandidate', { candidate: null }));
    }

    become(state, ice = state) {
      this.connectionState = state;
      this.iceConnectionState = ice;
      this.dispatchEvent(new Event('connectionstatechange'));
    }

    /// The data channel opens: the one that this end made, or the one of the other end.
    open() {
      this.become('connected');
      if (!this.channel) {
        this.channel = new FakeChannel();
        this.dispatchEvent(event('datachannel', { channel: this.channel }));
      }
      this.channel.become('open');
    }
  };
}
