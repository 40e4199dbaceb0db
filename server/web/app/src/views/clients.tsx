// SPDX-License-Identifier: Apache-2.0
// Who is connected: by library, version, browser and dialect, and each connection.

import { useState } from 'preact/hooks';
import { query, useResource } from '../api/resource';
import type { BanKind, ClientGroup, Connection, Page } from '../api/types';
import { BanDialog } from '../components/ban_dialog';
import { Badge, Card, Empty, Loaded, Share } from '../components/blocks';
import { Button } from '../components/button';
import { PageHead } from '../components/page_head';
import { Pager } from '../components/pager';
import { Table, type Column } from '../components/table';
import { TenantTag } from '../components/tenant_tag';
import { age, bytes, count, percent, shortHash } from '../format';
import { overview } from '../state/live';
import { route, setQuery } from '../state/router';
import { useStore } from '../state/store';

const EVERY_MS = 5_000;
const GROUPS_LIMIT = 100;
const LIMIT = 50;

interface Asked {
  kind: BanKind;
  value: string;
}

export function Clients() {
  const { query: shown } = useStore(route);
  const offset = Number(shown.get('offset') ?? 0) || 0;
  const groups = useResource<Page<ClientGroup>>(query('clients', { limit: GROUPS_LIMIT }), EVERY_MS);
  const connections = useResource<Page<Connection>>(query('connections', { offset, limit: LIMIT }), EVERY_MS);
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <PageHead title="Clients" lead="What is connected, as its peer ids and its browser tell. Addresses are truncated." />
      <Card title="Software">
        <Loaded from={groups}>
          {(page) => (page.items.length === 0 ? <Nobody /> : <Groups page={page} />)}
        </Loaded>
      </Card>
      <Card title="Connections">
        <Loaded from={connections}>
          {(page) => (page.total === 0 ? <Nobody /> : (
            <>
              <Table caption="Connections" rows={page.items} rowKey={(row) => row.id} stale={connections.loading}
                columns={columns(setAsked)} />
              <Pager page={page} what="connections" snapshotMs={page.age_ms}
                onOffset={(next) => setQuery({ offset: next ? String(next) : '' })} />
            </>
          ))}
        </Loaded>
      </Card>
      {asked && <BanDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function Nobody() {
  const now = useStore(overview);
  return (
    <Empty icon="clients" title="Nobody is connected.">
      <p>
        {now && now.connections > 0
          ? 'The list is made anew every few seconds: those who have just come are in the next one.'
          : 'Clients connect by WebSocket. If they should but do not, waggle doctor says what is in their way.'}
      </p>
    </Empty>
  );
}

function Groups({ page }: { page: Page<ClientGroup> }) {
  const whole = page.items.reduce((sum, { connections }) => sum + connections, 0);
  return (
    <Table caption="Software of the clients" rows={page.items}
      rowKey={(row) => [row.library, row.version, row.browser, row.dialect].join('/')} columns={[
        { key: 'library', head: 'Library', cell: (row) => row.library || <span class="muted">unknown</span> },
        { key: 'version', head: 'Version', cell: (row) => row.version || <span class="muted">–</span> },
        { key: 'browser', head: 'Browser', cell: (row) => row.browser || <span class="muted">none</span> },
        { key: 'dialect', head: 'Dialect', from: 'tablet', cell: (row) => row.dialect },
        { key: 'connections', head: 'Connections', kind: 'number', cell: (row) => count(row.connections) },
        {
          key: 'share', head: 'Share', kind: 'number', cell: (row) => (
            <span class="share-cell">
              <Share part={row.connections} whole={whole} /> {percent(row.connections, whole)}
            </span>
          ),
        },
      ]} />
  );
}

function columns(ask: (asked: Asked) => void): Column<Connection>[] {
  return [
    {
      key: 'address', head: 'Network',
      cell: (row) => <span class="tagged"><code>{row.address}</code><TenantTag tenant={row.tenant} /></span>,
    },
    { key: 'transport', head: 'By', from: 'tablet', cell: (row) => <Badge {...(row.tls ? { kind: 'good' as const } : {})}>{row.tls ? 'wss' : 'ws'}</Badge> },
    {
      key: 'client', head: 'Client',
      cell: (row) => [row.library, row.version].filter(Boolean).join(' ') || <span class="muted">unknown</span>,
    },
    { key: 'browser', head: 'Browser', from: 'tablet', cell: (row) => row.browser || <span class="muted">none</span> },
    { key: 'memberships', head: 'Swarms', kind: 'number', cell: (row) => count(row.memberships) },
    {
      key: 'queued', head: 'Queued', kind: 'number', from: 'desktop', hint: 'Bytes that wait for this client to read',
      cell: (row) => bytes(row.queued_bytes),
    },
    { key: 'age', head: 'Age', kind: 'number', cell: (row) => age(row.age_ms) },
    {
      key: 'ban', head: '', kind: 'action',
      cell: ({ address, token }) => (
        <span class="actions">
          {token && (
            <Button icon="key" kind="quiet" small label={`Ban token ${shortHash(token)}`}
              onClick={() => ask({ kind: 'token', value: token })} />
          )}
          <Button icon="ban" kind="quiet" small label={`Ban ${address}`}
            onClick={() => ask({ kind: 'address', value: address })} />
        </span>
      ),
    },
  ];
}
