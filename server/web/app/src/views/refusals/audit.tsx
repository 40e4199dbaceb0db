// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { query, useResource } from '../../api/resource';
import type { Audit as AuditPage, AuditEntry } from '../../api/types';
import { Badge, Card, Empty, Loaded } from '../../components/blocks';
import { Button } from '../../components/button';
import { Table, type Column } from '../../components/table';
import { dateTime } from '../../format';

const EVERY_MS = 5_000;
const LIMIT = 50;

export function Audit() {
  // Where the pages that were left began, so that there is a way back.
  const [earlier, setEarlier] = useState<number[]>([]);
  const before = earlier.at(-1);
  const from = useResource<AuditPage>(query('audit', { limit: LIMIT, before: before ?? '' }), EVERY_MS);
  return (
    <Card>
      <Loaded from={from}>
        {({ items, next }) => (items.length === 0 ? (
          <Empty icon="log" title="Nobody has changed anything yet.">
            <p>Bans, watched swarms, reloads, log levels and drains appear here, with who asked for them and whether it was
              done.</p>
          </Empty>
        ) : (
          <>
            <Table caption="Audit log" rows={items} rowKey={(entry) => entry.id} columns={COLUMNS} />
            <nav class="pager" aria-label="Pages of the audit log">
              <span class="muted">The newest first</span>
              <span class="row">
                <Button small icon="left" label="Newer entries" disabled={earlier.length === 0}
                  onClick={() => setEarlier(earlier.slice(0, -1))} />
                <Button small icon="right" label="Older entries" disabled={next === null}
                  onClick={() => next !== null && setEarlier([...earlier, next])} />
              </span>
            </nav>
          </>
        ))}
      </Loaded>
    </Card>
  );
}

const COLUMNS: Column<AuditEntry>[] = [
  { key: 'at', head: 'When', cell: (entry) => dateTime(entry.at) },
  { key: 'actor', head: 'Who', cell: (entry) => entry.actor },
  { key: 'action', head: 'What', cell: (entry) => <code>{entry.action}</code> },
  { key: 'detail', head: 'Detail', cell: (entry) => <span class="wrap">{entry.detail || '–'}</span> },
  {
    key: 'ok', head: 'Outcome',
    cell: ({ ok }) => <Badge kind={ok ? 'good' : 'bad'}>{ok ? 'done' : 'refused'}</Badge>,
  },
];
