// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { call, messageOf } from '../../api/client';
import { query, useResource } from '../../api/resource';
import type { Ban, BanKind, Page } from '../../api/types';
import { Badge, Card, Empty, Loaded } from '../../components/blocks';
import { Button } from '../../components/button';
import { Pager } from '../../components/pager';
import { Table, type Column } from '../../components/table';
import { banText, dateTime, relative } from '../../format';
import { bansChanged } from '../../state/live';
import { useStore } from '../../state/store';
import { say } from '../../state/toasts';

const EVERY_MS = 10_000;
const LIMIT = 50;

const KIND_TEXT: Record<BanKind, string> = {
  address: 'Address',
  info_hash: 'Info hash',
  peer_id_prefix: 'Peer id',
  tenant: 'Tenant',
  token: 'Token',
};

export function Bans({ onNew }: { onNew: () => void }) {
  const [offset, setOffset] = useState(0);
  const from = useResource<Page<Ban>>(query('bans', { offset, limit: LIMIT }), EVERY_MS);
  const changes = useStore(bansChanged);
  useEffect(() => {
    if (changes) from.reload();
  }, [changes]);
  const end = async (ban: Ban) => {
    try {
      await call(`bans/${ban.id}`, { method: 'DELETE' });
      say(`Ended: ${banText(ban)}`);
    } catch (error) {
      say(messageOf(error), 'bad');
    }
    from.reload();
  };
  return (
    <Card>
      <Loaded from={from}>
        {(page) => (page.total === 0 ? (
          <Empty icon="ban" title="Nobody is banned.">
            <p>Keep out an address or network, an info hash, a whole client by its peer id, a tenant or a token.</p>
            <Button icon="plus" onClick={onNew}>New ban</Button>
          </Empty>
        ) : (
          <>
            <Table caption="Bans" rows={page.items} rowKey={(ban) => ban.id} columns={columns(end)} />
            <Pager page={page} what="bans" onOffset={setOffset} />
          </>
        ))}
      </Loaded>
    </Card>
  );
}

function columns(end: (ban: Ban) => void): Column<Ban>[] {
  return [
    { key: 'kind', head: 'What', cell: (ban) => <Badge>{KIND_TEXT[ban.kind]}</Badge> },
    { key: 'value', head: 'Value', cell: (ban) => <code title={ban.value}>{banText(ban)}</code> },
    { key: 'reason', head: 'Reason', cell: (ban) => ban.reason || <span class="muted">–</span> },
    { key: 'by', head: 'By', from: 'desktop', cell: (ban) => ban.by },
    { key: 'since', head: 'Since', from: 'tablet', cell: (ban) => dateTime(ban.since_at) },
    {
      key: 'until', head: 'Ends', cell: ({ until_at: until }) =>
        (until ? <span title={dateTime(until)}>{relative(until)}</span> : 'by hand'),
    },
    {
      key: 'end', head: '', kind: 'action',
      cell: (ban) => <Button small label={`End the ban of ${banText(ban)}`} icon="close" kind="quiet" onClick={() => end(ban)} />,
    },
  ];
}
