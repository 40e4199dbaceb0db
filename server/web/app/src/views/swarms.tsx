// SPDX-License-Identifier: Apache-2.0
// All swarms, the largest first: a page of the server's snapshot.

import { useEffect, useRef, useState } from 'preact/hooks';
import { query, useResource } from '../api/resource';
import type { Page, Swarm, SwarmOrder } from '../api/types';
import { Card, Empty, Loaded } from '../components/blocks';
import { PageHead } from '../components/page_head';
import { Pager } from '../components/pager';
import { SearchField } from '../components/search_field';
import { Table, type Column } from '../components/table';
import { age, count, percent } from '../format';
import { route, setQuery } from '../state/router';
import { useStore } from '../state/store';
import { swarmName } from './swarm_name';

const EVERY_MS = 5_000;
const LIMIT = 50;
const TYPING_MS = 250;

export function Swarms() {
  const { query: shown } = useStore(route);
  const order = (shown.get('order') ?? 'members') as SwarmOrder;
  const wanted = shown.get('q') ?? '';
  const offset = Number(shown.get('offset') ?? 0) || 0;
  const from = useResource<Page<Swarm>>(query('swarms', { order, q: wanted, offset, limit: LIMIT }), EVERY_MS);
  return (
    <>
      <PageHead title="Swarms" lead="Who shares what: each swarm is one video, one file or one room.">
        <Search wanted={wanted} />
      </PageHead>
      <Card>
        <Loaded from={from}>
          {(page) => (page.total === 0 ? <Nothing wanted={wanted} /> : (
            <>
              <Table caption="Swarms" rows={page.items} rowKey={(swarm) => swarm.id}
                stale={from.loading} columns={columns(order)} />
              <Pager page={page} what="swarms" snapshotMs={page.age_ms}
                onOffset={(next) => setQuery({ offset: next ? String(next) : '' })} />
            </>
          ))}
        </Loaded>
      </Card>
    </>
  );
}

function Search({ wanted }: { wanted: string }) {
  const [text, setText] = useState(wanted);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const type = (next: string) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setQuery({ q: next.trim(), offset: '' }), TYPING_MS);
  };
  return <SearchField label="Info hash or name" text={text} onText={type} />;
}

function Nothing({ wanted }: { wanted: string }) {
  if (wanted) {
    return (
      <Empty icon="search" title="No swarm has that in its hash or name.">
        <p>
          An info hash is looked for by its first hexadecimal digits or, where it is text, by its first characters.
          Names of registered content are not searched.
        </p>
      </Empty>
    );
  }
  return (
    <Empty icon="swarms" title="There is no swarm yet.">
      <p>One begins when a client announces something here, and ends when its last member leaves.</p>
    </Empty>
  );
}

function columns(order: SwarmOrder): Column<Swarm>[] {
  const sort = (by: SwarmOrder) => ({
    active: order === by,
    choose: () => setQuery({ order: by === 'members' ? '' : by, offset: '' }),
  });
  return [
    { key: 'name', head: 'Swarm', cell: swarmName },
    { key: 'members', head: 'Members', kind: 'number', sort: sort('members'), cell: (row) => count(row.members) },
    { key: 'complete', head: 'With everything', kind: 'number', from: 'tablet', cell: (row) => count(row.complete) },
    { key: 'peak', head: 'Peak', kind: 'number', from: 'desktop', hint: 'Most members at once', cell: (row) => count(row.peak) },
    { key: 'joins', head: 'Joins', kind: 'number', sort: sort('joins'), cell: (row) => count(row.joins) },
    { key: 'completed', head: 'Completed', kind: 'number', from: 'desktop', cell: (row) => count(row.completed) },
    {
      key: 'relays', head: 'Offers', kind: 'number', from: 'tablet', sort: sort('relays'),
      cell: (row) => count(row.offers_relayed),
    },
    {
      key: 'answered', head: 'Answered', kind: 'number', from: 'tablet',
      cell: (row) => percent(row.answers_relayed, row.offers_relayed),
    },
    { key: 'age', head: 'Age', kind: 'number', from: 'desktop', cell: (row) => age(row.age_ms) },
  ];
}
