// SPDX-License-Identifier: Apache-2.0
// Members over time: the store keeps it for the busiest swarms only.

import { query, useResource } from '../../api/resource';
import type { Series } from '../../api/types';
import { Chart } from '../../charts/chart';
import { count } from '../../format';
import { pointsOf } from '../../state/samples';

const EVERY_MS = 60_000;
const DAY_SECONDS = 86_400;

export function MembersOverTime({ id }: { id: string }) {
  const name = `swarm/${id}/members`;
  const { data } = useResource<Series>(query('series', { names: name, span: 'minute' }), EVERY_MS);
  const points = data ? pointsOf(data).filter(({ values }) => values[name] !== undefined) : [];
  if (points.length < 2) return null;
  const until = Date.now() / 1000;
  const from = Math.max(until - DAY_SECONDS, points[0]?.at ?? 0);
  return (
    <div class="charts one">
      <Chart title="Members" format={count} points={points} from={from} until={until}
        lines={[{ name, label: 'Members', colour: '--series-1', area: true }]} />
    </div>
  );
}
