// SPDX-License-Identifier: Apache-2.0
import { useResource } from '../../api/resource';
import type { Page, Swarm } from '../../api/types';
import { Card } from '../../components/blocks';
import { Link } from '../../components/link';
import { Table } from '../../components/table';
import { count } from '../../format';
import { swarmName } from '../swarm_name';

const EVERY_MS = 10_000;

export function BusiestSwarms() {
  const { data } = useResource<Page<Swarm>>('swarms?limit=5', EVERY_MS);
  if (!data?.items.length) return null;
  return (
    <Card title="Busiest swarms" aside={<Link to="swarms">All {count(data.total)}</Link>}>
      <Table caption="Busiest swarms" rows={data.items} rowKey={(swarm) => swarm.id} columns={[
        { key: 'name', head: 'Swarm', cell: swarmName },
        { key: 'members', head: 'Members', kind: 'number', cell: (swarm) => count(swarm.members) },
        { key: 'seeders', head: 'With everything', kind: 'number', from: 'tablet', cell: (swarm) => count(swarm.complete) },
        { key: 'offers', head: 'Offers', kind: 'number', cell: (swarm) => count(swarm.offers_relayed) },
        { key: 'answers', head: 'Answers', kind: 'number', from: 'tablet', cell: (swarm) => count(swarm.answers_relayed) },
      ]} />
    </Card>
  );
}
