// SPDX-License-Identifier: Apache-2.0
// A line without axes for a tile; the figure beside it says what it means.

import type { Point } from '../state/samples';

const WIDTH = 100;
const HEIGHT = 28;

export function Sparkline({ points, name }: { points: Point[]; name: string }) {
  const values = points.flatMap((point) => point.values[name] ?? []);
  if (values.length < 2) return <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />;
  const most = Math.max(...values, 1e-9);
  const least = Math.min(...values, 0);
  const path = values
    .map((value, i) => {
      const x = (i / (values.length - 1)) * WIDTH;
      const y = HEIGHT - 2 - ((value - least) / (most - least)) * (HEIGHT - 4);
      return `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="spark-area" d={`${path}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}z`} />
      <path class="spark-line" d={path} />
    </svg>
  );
}
