// SPDX-License-Identifier: Apache-2.0
// Points as the columns that uPlot wants.

import type uPlot from 'uplot';
import type { Point } from '../state/samples';

interface Wanted {
  points: Point[];
  lines: { name: string }[];
}

/// A line is broken where a point is missing, not where it is a little late.
const STEPS_OF_A_GAP = 2.5;

/// A row without values stands where the server was not there, so that no line crosses it.
export function alignedData({ points, lines }: Wanted): uPlot.AlignedData {
  const times: number[] = [];
  const columns: (number | null)[][] = lines.map(() => []);
  let before: Point | undefined;
  for (const point of points) {
    const step = Math.max(point.step, before?.step ?? 0);
    if (before && point.at - before.at > step * STEPS_OF_A_GAP) {
      times.push(before.at + step);
      for (const column of columns) column.push(null);
    }
    before = point;
    times.push(point.at);
    lines.forEach(({ name }, i) => columns[i]?.push(point.values[name] ?? null));
  }
  return [times, ...columns];
}

const seconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const minutes = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/// As exact as the distance of the ticks asks for.
export function axisTime(ticks: number[]): string[] {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const form = step >= 86_400 ? days : step >= 60 || step === 0 ? minutes : seconds;
  return ticks.map((tick) => form.format(new Date(tick * 1000)));
}
