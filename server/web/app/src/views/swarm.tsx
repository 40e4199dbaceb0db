// SPDX-License-Identifier: Apache-2.0
// One swarm: who is in it, and what the server decides about it.

import { useState } from 'preact/hooks';
import { query, useResource } from '../api/resource';
import type { BanKind, Member, SwarmDetail } from '../api/types';
import { BanDialog } from '../components/ban_dialog';
import { Badge, Card, Empty, Loaded, Tile } from '../components/blocks';
import { Button } from '../components/button';
import { CopyButton } from '../components/copy';
import { Link } from '../components/link';
import { PageHead } from '../components/page_head';
import { Pager } from '../components/pager';
import { Table, type Column } from '../components/table';
import { TenantTag } from '../components/tenant_tag';
import { age, count, peerName, percent, relative, shortHash } from '../format';
import { route, setQuery } from '../state/router';
import { useStore } from '../state/store';
import { Decisions } from './swarm/decisions';
import { MembersOverTime } from './swarm/history';

const EVERY_MS = 2_000;
const LIMIT = 20;
const HASH_DIGITS = 40;  // of an id; the rest tells the tenant

interface Asked {
  kind: BanKind;
  value: string;
}

export function Swarm({ id }: { id: string }) {
  const offset = Number(useStore(route).query.get('offset') ?? 0) || 0;
  const from = useResource<SwarmDetail>(query(`swarms/${id}`, { offset, limit: LIMIT }), EVERY_MS);
  const [asked, setAsked] = useState<Asked | null>(null);
  const infoHash = id.slice(0, HASH_DIGITS);
  return (
    <>
      <p class="crumbs"><Link to="swarms">Swarms</Link></p>
      <PageHead title={from.data?.name || shortHash(infoHash)} lead={<Hash infoHash={infoHash} tenant={from.data?.tenant ?? ''} />}>
        <Button icon="ban" kind="danger" onClick={() => setAsked({ kind: 'info_hash', value: infoHash })}>
          Ban this swarm
        </Button>
      </PageHead>
      {from.status === 404 ? <Gone /> : (
        <Loaded from={from}>
          {(swarm) => (
            <>
              <Figures swarm={swarm} />
              <MembersOverTime id={id} />
              <Card title="Members">
                {swarm.items.length === 0 ? (
                  <Empty icon="clients" title="Nobody is in this swarm now." />
                ) : (
                  <>
                    <Table caption="Members" rows={swarm.items} rowKey={(row) => row.peer_id + row.address + row.counted}
                      columns={columns(setAsked)} />
                    <Pager page={swarm} what="members"
                      onOffset={(next) => setQuery({ offset: next ? String(next) : '' })} />
                  </>
                )}
              </Card>
              <Decisions id={id} watched={swarm.watched} onChange={from.reload} />
            </>
          )}
        </Loaded>
      )}
      {asked && <BanDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function Hash({ infoHash, tenant }: { infoHash: string; tenant: string }) {
  return (
    <span class="hash">
      <TenantTag tenant={tenant} />
      <code>{infoHash}</code>
      <CopyButton text={infoHash} what="the info hash" />
    </span>
  );
}

function Gone() {
  return (
    <Card>
      <Empty icon="swarms" title="This swarm has no members.">
        <p>It ended, or nobody ever came. It is here again as soon as somebody announces it.</p>
      </Empty>
    </Card>
  );
}

function Figures({ swarm }: { swarm: SwarmDetail }) {
  const { stored } = swarm;
  return (
    <dl class="tiles six">
      <Tile label="Members" value={count(swarm.members)} note={`${count(swarm.complete)} with everything`} />
      <Tile label="Peak" value={count(Math.max(swarm.peak, stored?.peak ?? 0))}
        note={stored ? `first seen ${relative(stored.first_seen_at)}` : `since ${age(swarm.age_ms)}`} />
      <Tile label="Joins" value={count(swarm.joins)} note={`in ${age(swarm.age_ms)}`} />
      <Tile label="Completed" value={count(Math.max(swarm.completed, stored?.completed ?? 0))}
        note="downloads" />
      <Tile label="Offers" value={count(swarm.offers_relayed)} note="relayed" />
      <Tile label="Answered" value={percent(swarm.answers_relayed, swarm.offers_relayed)}
        note={`${count(swarm.answers_relayed)} answers`} />
    </dl>
  );
}

function columns(ask: (asked: Asked) => void): Column<Member>[] {
  return [
    { key: 'peer', head: 'Peer', cell: (row) => <code title={row.peer_id}>{peerName(row.peer_id)}</code> },
    { key: 'client', head: 'Client', cell: (row) => clientOf(row) },
    { key: 'address', head: 'Network', from: 'tablet', cell: (row) => <code>{row.address}</code> },
    {
      key: 'state', head: 'State',
      cell: (row) => (
        <>
          {row.seeder ? <Badge kind="good">has everything</Badge> : <Badge>loading</Badge>}
          {!row.counted && <Badge kind="warn">replaced</Badge>}
        </>
      ),
    },
    { key: 'age', head: 'Age', kind: 'number', from: 'tablet', cell: (row) => age(row.age_ms) },
    { key: 'silent', head: 'Silent', kind: 'number', from: 'desktop', cell: (row) => age(row.silent_ms) },
    { key: 'offers', head: 'Offers got', kind: 'number', cell: (row) => count(row.offers_received) },
    {
      key: 'answered', head: 'Answered', kind: 'number', from: 'tablet',
      cell: (row) => percent(row.offers_answered, row.offers_received),
    },
    {
      key: 'ban', head: '', kind: 'action',
      cell: (row) => (
        <Button icon="ban" kind="quiet" small label={`Ban ${peerName(row.peer_id)}`}
          onClick={() => ask({ kind: 'peer_id_prefix', value: row.peer_id })} />
      ),
    },
  ];
}

function clientOf({ library, version }: Member): string {
  return library ? `${library} ${version}`.trim() : 'unknown';
}
