// SPDX-License-Identifier: Apache-2.0
import { useRef } from 'preact/hooks';
import { useResource } from '../../api/resource';
import type { Refusal } from '../../api/types';
import { Card, Empty, Loaded, Share } from '../../components/blocks';
import { Table } from '../../components/table';
import { count, words } from '../../format';

const EVERY_MS = 2_000;

const KINDS: Record<string, { title: string; lead: string }> = {
  failure: { title: 'Messages that were wrong', lead: 'Each was answered with a failure reason that names the fault.' },
  handshake: { title: 'Connections that never began', lead: 'They ended before the WebSocket handshake was complete.' },
  closed: { title: 'Connections that ended', lead: 'By whom, or for what.' },
  shed: { title: 'Left out under load', lead: 'Offers and answers, never joins: more processors, or fewer clients a node.' },
  denied: { title: 'Swarms that were not served', lead: 'By what a tenant serves, a token allows, or past a limit.' },
  quota: {
    title: 'Newcomers that were not let in',
    lead: 'Of no tenant, page or token that is welcome (401, 403), or over a quota (429, 503).',
  },
  over_quota: { title: 'Over a quota that is only counted', lead: 'Let in: see quota.dry_run and quota.address_enforce.' },
  banned: { title: 'Stopped by bans', lead: 'What those whom you banned tried.' },
};

/// Of newcomers; what is not here says itself what it is.
const NEWCOMERS: Record<string, string> = {
  address_connections: 'Too many connections of an address',
  address_rate: 'Too many newcomers of an address',
  address_failures: 'Too many failed handshakes of an address',
  connections: 'Too many connections in all',
  memory: 'No memory for more',
  token_connections: 'Too many connections with a token',
  tenant_connections: 'Too many connections of a tenant',
  tenant_unknown: 'No such tenant',
  tenant_missing: 'No tenant named',
  origin: 'Page of another origin',
  token_missing: 'No token',
  token_invalid: 'Token not valid',
  token_expired: 'Token expired',
  token_foreign: 'Token for another tenant or page',
};

export function Reasons() {
  const from = useResource<{ items: Refusal[] }>('refusals', EVERY_MS);
  const atFirst = useRef<Map<string, number> | null>(null);
  return (
    <Loaded from={from}>
      {({ items }) => {
        atFirst.current ??= new Map(items.map((item) => [keyOf(item), item.total]));
        const first = atFirst.current;
        const kinds = kindsOf(items);
        if (kinds.length === 0) return <NothingYet />;
        return (
          <div class="columns">
            {kinds.map((kind) => (
              <Kind key={kind} kind={kind} first={first}
                items={items.filter((item) => item.kind === kind && item.total > 0)} />
            ))}
          </div>
        );
      }}
    </Loaded>
  );
}

/// In the order of KINDS, then what the server counts besides.
function kindsOf(items: Refusal[]): string[] {
  const there = new Set(items.filter(({ total }) => total > 0).map(({ kind }) => kind));
  const known = Object.keys(KINDS);
  return [...known.filter((kind) => there.has(kind)), ...[...there].filter((kind) => !known.includes(kind))];
}

function keyOf({ kind, reason }: Refusal): string {
  return `${kind}/${reason}`;
}

function NothingYet() {
  return (
    <Card>
      <Empty icon="refusals" title="Nothing was refused since the start.">
        <p>Wrong messages, newcomers that are not welcome and what bans stop are counted here by their reasons.</p>
      </Empty>
    </Card>
  );
}

function Kind({ kind, items, first }: { kind: string; items: Refusal[]; first: Map<string, number> }) {
  const rows = [...items].sort((a, b) => b.total - a.total);
  const whole = rows.reduce((sum, { total }) => sum + total, 0);
  const about = KINDS[kind] ?? { title: words(kind), lead: '' };
  return (
    <Card title={about.title}>
      <p class="muted card-lead">{about.lead}</p>
      <Table caption={about.title} rows={rows} rowKey={keyOf} columns={[
        { key: 'reason', head: 'Reason', cell: reasonText },
        { key: 'total', head: 'Since start', kind: 'number', cell: (row) => count(row.total) },
        {
          key: 'new', head: 'While you look', kind: 'number', from: 'tablet',
          cell: (row) => newOnes(row.total - (first.get(keyOf(row)) ?? 0)),
        },
        { key: 'share', head: 'Share', kind: 'number', cell: (row) => <Share part={row.total} whole={whole} /> },
      ]} />
    </Card>
  );
}

function reasonText({ kind, reason }: Refusal): string {
  const text = kind === 'quota' || kind === 'over_quota' ? NEWCOMERS[reason] : undefined;
  return text ?? words(reason);
}

function newOnes(number: number) {
  return number > 0 ? <b>+{count(number)}</b> : <span class="muted">–</span>;
}
