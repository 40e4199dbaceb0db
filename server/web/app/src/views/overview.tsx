// SPDX-License-Identifier: Apache-2.0
// The server at a glance: what it does now, and did before, also before its last start.

import { useEffect } from 'preact/hooks';
import { call } from '../api/client';
import { query, useResource } from '../api/resource';
import type { Overview as Now, Series, Span } from '../api/types';
import { Segments, Tile } from '../components/blocks';
import { PageHead } from '../components/page_head';
import { bytes, count, duration, percent, rate } from '../format';
import { link, overview } from '../state/live';
import { LIVE_SECONDS, pointsOf, prefill, samples, type Point } from '../state/samples';
import { route, setQuery } from '../state/router';
import { useStore } from '../state/store';
import { BusiestSwarms } from './overview/busiest';
import { Charts } from './overview/charts';
import { Newcomer } from './overview/newcomer';

interface Range {
  label: string;
  seconds: number;
  span: Span | null;  // null: the samples of this page
}

const RANGES = {
  live: { label: '5 min', seconds: LIVE_SECONDS, span: null },
  hour: { label: '1 h', seconds: 3_600, span: 'minute' },
  day: { label: '24 h', seconds: 86_400, span: 'minute' },
  month: { label: '30 d', seconds: 30 * 86_400, span: 'hour' },
  year: { label: '1 y', seconds: 365 * 86_400, span: 'day' },
} as const satisfies Record<string, Range>;
type RangeName = keyof typeof RANGES;

/// The API takes sixteen at most.
const STORED = [
  'peers', 'seeders', 'swarms', 'connections', 'announces', 'messages_received', 'messages_sent',
  'bytes_received', 'bytes_sent', 'offers_relayed', 'answers_relayed', 'deliveries_shed', 'memory_bytes', 'cpu_percent',
].join();
const HISTORY_EVERY_MS = 30_000;

export function Overview() {
  const now = useStore(overview);
  const live = useStore(samples);
  const state = useStore(link);
  const chosen = (useStore(route).query.get('range') ?? 'live') as RangeName;
  const name: RangeName = chosen in RANGES ? chosen : 'live';
  const range: Range = RANGES[name];
  const history = useHistory(range);
  const points = range.span ? pointsOf(history ?? { span: 'minute', points: [] }) : live;
  const until = range.span ? Date.now() / 1000 : (live.at(-1)?.at ?? Date.now() / 1000);

  useEffect(() => {
    // The page was just opened: what was stored of these minutes comes first.
    const wanted = { names: STORED, span: 'minute', from: before(LIVE_SECONDS + 60) };
    call<Series>(query('series', wanted)).then(prefill, () => undefined);
  }, []);

  if (!now) return <Waiting />;
  const nobody = now.connections === 0 && now.counters['connections_accepted'] === 0;
  return (
    <>
      <PageHead title="Overview" lead={leadOf(now, state === 'down')}>
        <Segments label="Range of the charts" value={name}
          options={(Object.keys(RANGES) as RangeName[]).map((key) => [key, RANGES[key].label] as const)}
          onChange={(next) => setQuery({ range: next === 'live' ? '' : next })} />
      </PageHead>
      <Tiles now={now} live={live} />
      {nobody && <Newcomer />}
      <Charts points={points} from={until - range.seconds} until={until} cores={coresOf(range, now)} />
      {range.span && now.storage.url === 'memory:' && (
        <p class="muted note">
          This history is kept in memory and ends with the server. With <code>storage.url=sqlite:PATH</code> it
          outlives a restart.
        </p>
      )}
      <BusiestSwarms />
    </>
  );
}

function Waiting() {
  return (
    <>
      <PageHead title="Overview" />
      <div class="skeleton tall" role="status"><span class="unseen">Loading</span><i /><i /><i /></div>
    </>
  );
}

function useHistory(range: Range): Series | null {
  const path = range.span
    ? query('series', { names: STORED, span: range.span, from: before(range.seconds) })
    : '';
  const { data } = useResource<Series>(path, HISTORY_EVERY_MS);
  return data;
}

/// Whole minutes, so that the address of what is asked for does not change with each drawing.
function before(seconds: number): string {
  const minute = 60_000;
  return new Date(Math.floor((Date.now() - seconds * 1000) / minute) * minute).toISOString();
}

/// Cores have no history of their own: the store keeps their sum.
function coresOf(range: Range, now: Now): number[] {
  return range.span ? [] : now.cores.map(({ core }) => core).sort((a, b) => a - b);
}

function leadOf(now: Now, stale: boolean): string {
  const state = now.draining ? 'draining' : now.ready ? 'serving' : 'not ready';
  return stale
    ? `Last seen ${state}, version ${now.version}`
    : `${state[0]?.toUpperCase()}${state.slice(1)} for ${duration(now.uptime_seconds)}, version ${now.version}`;
}

function Tiles({ now, live }: { now: Now; live: Point[] }) {
  const last = live.at(-1)?.values ?? {};
  const of = (name: string) => last[name] ?? 0;
  const { offers, answers } = recentExchange(live);
  const shed = of('deliveries_shed') + of('requests_shed');
  return (
    <dl class="tiles">
      <Tile label="Peers" value={count(now.peers)} note={`${count(now.seeders)} with everything`}
        points={live} name="peers" />
      <Tile label="Swarms" value={count(now.swarms)} note={now.swarms ? `${perSwarm(now)} peers each` : 'none yet'}
        points={live} name="swarms" />
      <Tile label="Connections" value={count(now.connections)}
        note={`${percent(now.connections_tls, now.connections)} by TLS`} points={live} name="connections" />
      <Tile label="Messages per second" value={rate(of('messages_received') + of('messages_sent'))}
        note={`${rate(of('messages_received'))} in, ${rate(of('messages_sent'))} out`}
        points={live} name="messages_received" />
      <Tile label="Offers answered" value={percent(answers, offers)}
        note={`${rate(of('offers_relayed'))} offers per second`} points={live} name="offers_relayed" />
      <Tile label="CPU" value={`${rate(of('cpu_percent'))} %`}
        note={`of ${now.cores.length * 100} % on ${now.cores.length === 1 ? 'one core' : `${now.cores.length} cores`}`}
        points={live} name="cpu_percent" />
      <Tile label="Memory" value={bytes(now.memory_bytes)}
        note={now.connections ? `${bytes(now.memory_bytes / now.connections)} a connection` : 'resident'}
        points={live} name="memory_bytes" />
      <Tile label="Shed per second" value={rate(shed)} bad={shed > 0}
        note={shed > 0 ? 'the server is overloaded' : 'nothing was dropped'} points={live} name="deliveries_shed" />
    </dl>
  );
}

function perSwarm({ peers, swarms }: Now): string {
  return rate(peers / swarms);
}

/// An answer comes a moment after its offer: over the whole window the ratio means something.
function recentExchange(live: Point[]) {
  let offers = 0;
  let answers = 0;
  for (const { values } of live) {
    offers += values['offers_relayed'] ?? 0;
    answers += values['answers_relayed'] ?? 0;
  }
  return { offers, answers: Math.min(answers, offers) };
}
