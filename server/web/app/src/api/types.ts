// SPDX-License-Identifier: Apache-2.0
// What the admin API answers (/api/v1/openapi.json). Texts come from clients and logs: they are shown
// as text only.

export interface Page<T> {
  items: T[];
  total: number;
  offset: number;
  limit: number;
  age_ms?: number;
}

export interface Storage {
  url: string;
  problem: string;
  facts_written: number;
  facts_dropped: number;
  facts_waiting: number;
}

export interface Core {
  core: number;
  connections: number;
  cpu_seconds?: number;
}

export interface Overview {
  version: string;
  started_at: string;
  uptime_seconds: number;
  now_at: string;
  ready: boolean;
  detail: string;
  draining: boolean;
  peers: number;
  seeders: number;
  swarms: number;
  connections: number;
  connections_tls: number;
  memory_bytes: number;
  cpu_seconds_total: number;
  storage: Storage;
  cores: Core[];
  counters: Record<string, number>;
}

export type Span = 'minute' | 'hour' | 'day';

export interface Series {
  span: Span;
  points: { at: string; values: Record<string, number> }[];
}

export type SwarmOrder = 'members' | 'joins' | 'relays';

export interface Swarm {
  id: string;  // for paths: the info hash, and the digest of the tenant if it has one
  info_hash: string;
  tenant: string;  // empty: of clients that name none; likewise below
  name: string;
  complete: number;
  incomplete: number;
  members: number;
  peak: number;
  joins: number;
  completed: number;
  offers_relayed: number;
  answers_relayed: number;
  age_ms: number;
}

export interface Member {
  peer_id: string;
  library: string;
  version: string;
  address: string;
  seeder: boolean;
  counted: boolean;
  age_ms: number;
  silent_ms: number;
  offers_received: number;
  offers_answered: number;
}

export interface SwarmDetail extends Swarm, Page<Member> {
  // Of the swarm, not of the answer.
  age_ms: number;
  watched: boolean;
  stored: {
    completed: number;
    peak: number;
    first_seen_at: string;
    last_seen_at: string;
  } | null;
}

export interface RecordedEvent {
  ago_ms: number;
  core: number;
  what: string;
  id: string;  // of the swarm
  info_hash: string;
  peer_id: string;
  other_peer_id: string | null;
  why: string;
}

export interface Connection {
  id: string;
  address: string;
  tenant: string;
  token: string | null;  // the digest of what it was let in with
  tls: boolean;
  dialect: string;
  browser: string;
  library: string;
  version: string;
  age_ms: number;
  memberships: number;
  queued_bytes: number;
}

export interface ClientGroup {
  library: string;
  version: string;
  browser: string;
  dialect: string;
  connections: number;
}

export interface Refusal {
  kind: string;
  reason: string;
  total: number;
}

export type BanKind = 'address' | 'info_hash' | 'peer_id_prefix' | 'tenant' | 'token';

export interface Ban {
  id: number;
  kind: BanKind;
  value: string;
  reason: string;
  by: string;
  since_at: string;
  until_at: string | null;
}

export interface NewBan {
  kind: BanKind;
  value: string;  // of a token: TENANT/JTI or its digest
  reason?: string;
  lasts_seconds?: number;
}

export interface Reloaded {
  ok: boolean;
  changed: string[];
  refused: string[];
  problem: string;
}

export type Config = Record<string, Record<string, unknown>>;

export interface LogLine {
  at: string;
  level: string;
  area: string;
  message: string;
}

export interface LogLevels {
  levels: Record<string, string>;
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  action: string;
  detail: string;
  ok: boolean;
}

export interface Audit {
  items: AuditEntry[];
  next: number | null;
}
