// SPDX-License-Identifier: Apache-2.0
// The last minutes of overviews as points of a chart: levels as they are, counters as rates. History
// of the store has points of the same form and the same names.

import type { Overview, Series } from '../api/types';
import { Store } from './store';

export interface Point {
  at: number;  // seconds since 1970
  step: number;  // seconds to the next one, where nothing is missing
  values: Record<string, number>;
}

export const LIVE_SECONDS = 300;
const LIVE_STEP_SECONDS = 2;
const POINTS_MAX = 600;
/// Two overviews that are nearer than this say little about a rate.
const STEP_SECONDS_MIN = 0.3;

export const samples = new Store<Point[]>([]);
let before: Overview | null = null;

const LEVELS = ['peers', 'seeders', 'swarms', 'connections', 'memory_bytes'] as const;
const RATES = [
  'announces', 'messages_received', 'messages_sent', 'offers_relayed', 'answers_relayed',
  'deliveries_shed', 'requests_shed', 'offers_unmatched', 'failures', 'bytes_received', 'bytes_sent',
];

export function addSample(next: Overview): void {
  const at = Date.parse(next.now_at) / 1000;
  const values: Record<string, number> = {};
  for (const name of LEVELS) values[name] = next[name];
  if (before) {
    const seconds = at - Date.parse(before.now_at) / 1000;
    if (seconds < STEP_SECONDS_MIN) return;
    addRates(values, before, next, seconds);
  }
  before = next;
  const oldest = at - LIVE_SECONDS;
  const kept = samples.get().filter((point) => point.at >= oldest && point.at < at);
  samples.set([...kept, { at, step: LIVE_STEP_SECONDS, values }].slice(-POINTS_MAX));
}

function addRates(values: Point['values'], from: Overview, to: Overview, seconds: number): void {
  for (const name of RATES) {
    const grown = (to.counters[name] ?? 0) - (from.counters[name] ?? 0);
    values[name] = Math.max(0, grown) / seconds;
  }
  values['cpu_percent'] = Math.max(0, to.cpu_seconds_total - from.cpu_seconds_total) / seconds * 100;
  for (const core of to.cores) {
    const earlier = from.cores.find((other) => other.core === core.core);
    if (core.cpu_seconds === undefined || earlier?.cpu_seconds === undefined) continue;
    const used = Math.max(0, core.cpu_seconds - earlier.cpu_seconds);
    values[`core${core.core}`] = used / seconds * 100;
  }
}

/// What the store has of these minutes, so that a page that was just opened does not begin empty.
export function prefill(series: Series): void {
  const known = samples.get();
  const first = known[0]?.at ?? Infinity;
  const oldest = (known.at(-1)?.at ?? Date.now() / 1000) - LIVE_SECONDS;
  const older = pointsOf(series).filter((point) => point.at >= oldest && point.at < first);
  if (older.length) samples.set([...older, ...known]);
}

const STEP_SECONDS: Record<Series['span'], number> = { minute: 60, hour: 3_600, day: 86_400 };

export function pointsOf({ span, points }: Series): Point[] {
  return points.map(({ at, values }) => ({ at: Date.parse(at) / 1000, step: STEP_SECONDS[span], values }));
}

/// The server started again: its counters began anew.
export function clearSamples(): void {
  before = null;
}
