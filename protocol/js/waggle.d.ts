// SPDX-License-Identifier: Apache-2.0
//
// What a page may use of waggle.js. Whatever the objects have beyond this may change at any time.

/** Takes a listener back; harmless when called again. */
export type Unsubscribe = () => void;

export type WaggleState =
  /** On the way to the server, or waiting for its greeting. */
  | 'connecting'
  /** The server has greeted. */
  | 'open'
  /** No join yet, or a pause before the next connection. Links that are open go on. */
  | 'waiting'
  /** By `close()`, or because the server will not have this client. There is no way back. */
  | 'closed';

/** What the server wants of its clients, complete with defaults. */
export interface Policy {
  /** False: no links. Those that were open are closed, and joins stay for when it is true again. */
  readonly p2p: boolean;
  /** Links that a swarm would like to have where the page does not say. */
  readonly want: number;
  /** Seconds between reports; 0: none are wanted. */
  readonly report: number;
  /** Connections over TURN servers only. */
  readonly relay: boolean;
}

export type WaggleErrorKind =
  | 'internal' | 'unauthorized' | 'bad_token' | 'forbidden' | 'bad_message' | 'joined_already'
  | 'limit' | 'rate_limited' | 'overloaded' | 'not_joined' | 'id_in_use' | 'no_link'
  /** The connection was ended for good: `code` is the close code; 1000 by `close()`. */
  | 'closed'
  /** A code that is newer than this client. */
  | 'unknown';

export class WaggleError extends Error {
  constructor(code: number, message?: string, retry?: number);
  readonly name: 'WaggleError';
  /** Of an `err` of the server (docs/protocol/native.md, Errors), or a close code. */
  readonly code: number;
  readonly kind: WaggleErrorKind;
  /** Seconds after which the same is worth another try, which the client makes by itself. */
  readonly retry?: number;
}

export interface WaggleOptions {
  /** For `hello`. A token that the handshake needs belongs into the URL, as `?token=`. */
  token?: string;
  /** False: descriptions are sent whole. Both forms are understood in any case. Default: true. */
  compact?: boolean;
  /** For each RTCPeerConnection. ICE servers in it stand before those of the server. */
  rtc?: RTCConfiguration;
  /** Stand before those in `rtc`, and before those of the server. */
  iceServers?: RTCIceServer[];
  /** Milliseconds after which a join resolves without the server's word. Default: 5000. */
  patience?: number;
  /** Hears what happens, for debugging; by default nothing is printed. */
  log?: (event: string, details: Record<string, unknown>) => void;
  /** In place of the global one. */
  WebSocket?: new (url: string, protocols: string[]) => WebSocket;
  /** In place of the global one; null: as in a browser without WebRTC. */
  RTCPeerConnection?: (new (configuration: RTCConfiguration) => RTCPeerConnection) | null;
  /** What the client takes from its surroundings: timers, clock, chance, the page's events. */
  scope?: WaggleScope;
}

/** In place of `globalThis`, for tests and other surroundings. */
export interface WaggleScope {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: any): void;
  performance: { now(): number };
  Math: { random(): number };
  location?: { href: string };
  WebSocket?: WaggleOptions['WebSocket'];
  RTCPeerConnection?: WaggleOptions['RTCPeerConnection'];
  addEventListener?(type: 'pagehide', listener: (event: any) => void): void;
  removeEventListener?(type: 'pagehide', listener: (event: any) => void): void;
}

/** What the server matches by. */
export interface SwarmFields {
  /** Links that this end would like to have, 0 to 24. Default: the policy's. */
  want?: number;
  /** Whether this end can send. Default: true. */
  up?: boolean;
  /** Percent of the content that this end has. */
  have?: number;
  /** Seconds into the content. */
  pos?: number;
}

export interface JoinOptions extends SwarmFields {
  /** For this swarm, where it needs another one than the connection. */
  token?: string;
}

/** An open link. */
export interface Peer {
  readonly id: string;
  /** Open, reliable and ordered, with `binaryType` 'arraybuffer'. */
  readonly channel: RTCDataChannel;
  readonly connection: RTCPeerConnection;
  /** Whether this end has made the offer. */
  readonly initiator: boolean;
  /** Whether the server sees both ends at one public address. */
  readonly lan: boolean;
  /** Closes the link on both ends. `why` is for the log. */
  close(why?: string): void;
}

/** A link that did not come about. */
export interface Failure {
  /** The id of the peer. */
  readonly id: string;
  /** `timeout`, `ice`, `dtls`, `refused`, `other`; what the server said; or `left`, `replaced`. */
  readonly why: string;
}

export interface SwarmEvents {
  /** A link is open. Listeners of its channel that are added at once miss no message. */
  peer: Peer;
  /** A link that was open is closed; once a peer. */
  gone: Peer;
  failed: Failure;
}

export interface Swarm {
  /** The peers with open links by their id. Live, and not to be changed. */
  readonly peers: ReadonlyMap<string, Peer>;
  /** Members as the server last said, this one among them; 0 until then. */
  readonly size: number;
  on<Name extends keyof SwarmEvents>(
    event: Name, listener: (value: SwarmEvents[Name]) => void): Unsubscribe;
  /** Tells the server what has changed, at most every five seconds. Numbers are rounded. */
  update(fields: SwarmFields): void;
  /** Asks for so many links more, at most 8. Default: 1. */
  more(n?: number): void;
  /** Closes the links of this swarm. */
  leave(): void;
}

/** Bytes since the last report; each may be absent. */
export interface Traffic {
  /** Received from peers. */
  p2p?: number;
  /** Received from elsewhere. */
  cdn?: number;
  /** Sent to peers. */
  up?: number;
}

export interface MessageCount {
  messages: number;
  /** Of JSON text. */
  bytes: number;
}

export interface Stats {
  /** Links that were matched and begun, and how many of them opened. */
  started: number;
  opened: number;
  /** Links that did not open, by reason. */
  failed: Record<string, number>;
  /** Connections after the first, and how many of them took the seat back. */
  reconnects: number;
  resumed: number;
  /** By `t`. */
  sent: Record<string, MessageCount>;
  received: Record<string, MessageCount>;
}

export interface WaggleEvents {
  state: WaggleState;
  /** With each greeting, and whenever it changes. */
  policy: Policy;
  /**
   * Every refusal, those that reject a join among them. A right that ends later ends its swarm as
   * well: `forbidden` or `bad_token`, after the links have gone.
   */
  error: WaggleError;
}

export class Waggle {
  /**
   * Connects at the first join.
   *
   * @param url  ws, wss, http or https, and in a page also relative to it.
   * @throws TypeError if it is no URL.
   */
  constructor(url: string | URL, options?: WaggleOptions);
  /** The peer id in every swarm; undefined until the first greeting. */
  readonly id: string | undefined;
  readonly state: WaggleState;
  readonly policy: Policy;
  on<Name extends keyof WaggleEvents>(
    event: Name, listener: (value: WaggleEvents[Name]) => void): Unsubscribe;
  /**
   * Resolves when the server has said `joined`, or after `patience` with a swarm that goes on
   * trying in the background. Rejects with a WaggleError only where trying again does not help:
   * the swarm is refused for good, has been joined already, or the client is closed.
   *
   * @param name  1 to 128 bytes of UTF-8.
   */
  join(name: string, options?: JoinOptions): Promise<Swarm>;
  /** Adds up, and is sent every `policy.report` seconds and when the page goes. */
  report(bytes: Traffic): void;
  stats(): Stats;
  /** Leaves every swarm and closes every link. */
  close(): void;
}

export interface CompactDescription {
  /** ice-ufrag */
  u: string;
  /** ice-pwd */
  p: string;
  /** The SHA-256 fingerprint in base64url without padding. */
  f: string;
  /** setup */
  r: 'actpass' | 'active' | 'passive';
  /** max-message-size where it is not 262144. */
  m?: number;
  /** Candidates; the empty one at the end says that there will be no more. */
  k?: string[];
}

/** Null for what is no description of one data channel section that the template can hold. */
export function compactDescription(sdp: string): CompactDescription | null;

/** Of a compact or a whole description of this type; null for what is neither. */
export function expandDescription(
  compact: unknown, type: 'offer' | 'answer'): { type: 'offer' | 'answer'; sdp: string } | null;

/** A candidate as it travels; null for one that is of no use to another browser. */
export function compactCandidate(text: string): string | null;

/** What addIceCandidate takes. */
export function expandCandidate(text: string): { candidate: string; sdpMLineIndex: number };
