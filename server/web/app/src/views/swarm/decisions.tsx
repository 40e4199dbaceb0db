// SPDX-License-Identifier: Apache-2.0
// What the flight recorder has of one swarm.

import { useState } from 'preact/hooks';
import { call, messageOf } from '../../api/client';
import { query, useResource } from '../../api/resource';
import type { RecordedEvent } from '../../api/types';
import { Badge, Card, Empty, Loaded } from '../../components/blocks';
import { Button } from '../../components/button';
import { Table, type Column } from '../../components/table';
import { age, peerName, words } from '../../format';
import { say } from '../../state/toasts';

const EVERY_MS = 1_500;
const LIMIT = 100;

interface Props {
  id: string;
  watched: boolean;
  onChange: () => void;
}

export function Decisions({ id, watched, onChange }: Props) {
  const path = query(`swarms/${id}/events`, { limit: LIMIT });
  const from = useResource<{ items: RecordedEvent[] }>(path, EVERY_MS);
  const [busy, setBusy] = useState(false);
  const toggle = async () => {
    setBusy(true);
    try {
      await call(`swarms/${id}/watch`, { method: watched ? 'DELETE' : 'PUT' });
      onChange();
    } catch (error) {
      say(messageOf(error), 'bad');
    }
    setBusy(false);
  };
  return (
    <Card title="Live decisions" class="decisions" aside={
      <Button small icon={watched ? 'pause' : 'eye'} pressed={watched} disabled={busy} onClick={toggle}>
        {watched ? 'Stop watching' : 'Watch offers'}
      </Button>
    }>
      <Loaded from={from}>
        {({ items }) => (items.length === 0 ? <Nothing watched={watched} /> : (
          <Table caption="Live decisions" rows={[...items].reverse()} rowKey={(_, index) => index} columns={COLUMNS} />
        ))}
      </Loaded>
    </Card>
  );
}

function Nothing({ watched }: { watched: boolean }) {
  return (
    <Empty icon="eye" title={watched ? 'Nothing has happened yet.' : 'Nothing is recorded of this swarm.'}>
      <p>
        {watched
          ? 'Offers, answers, and who comes and goes, appear here as they happen.'
          : 'Comings, goings and drops are recorded always. Watch the swarm to see who is offered to whom.'}
      </p>
    </Empty>
  );
}

const KINDS: Record<string, 'good' | 'bad' | 'warn'> = {
  answer: 'good',
  join: 'good',
  refused: 'bad',
  shed: 'bad',
  unroutable: 'warn',
  unmatched: 'warn',
};

const COLUMNS: Column<RecordedEvent>[] = [
  { key: 'ago', head: 'Ago', kind: 'number', cell: (row) => age(row.ago_ms) },
  { key: 'what', head: 'What', cell: (row) => <Badge {...kindOf(row)}>{words(row.what)}</Badge> },
  { key: 'who', head: 'Peer', cell: (row) => <code title={row.peer_id}>{peerName(row.peer_id)}</code> },
  {
    key: 'whom', head: 'To', cell: ({ other_peer_id: other }) =>
      (other ? <code title={other}>{peerName(other)}</code> : <span class="muted">–</span>),
  },
  { key: 'why', head: 'Why', from: 'tablet', cell: (row) => row.why || <span class="muted">–</span> },
  { key: 'core', head: 'Core', kind: 'number', from: 'desktop', cell: (row) => row.core },
];

function kindOf({ what }: RecordedEvent) {
  const kind = KINDS[what];
  return kind ? { kind } : {};
}
