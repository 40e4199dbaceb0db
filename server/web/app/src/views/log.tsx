// SPDX-License-Identifier: Apache-2.0
// The last lines of the log and those that come, and how much of each area is logged.

import { useEffect, useRef, useState } from 'preact/hooks';
import { query, useResource } from '../api/resource';
import type { LogLine } from '../api/types';
import { Card, Empty, Loaded, Segments } from '../components/blocks';
import { Button } from '../components/button';
import { PageHead } from '../components/page_head';
import { SearchField } from '../components/search_field';
import { timeOfDay } from '../format';
import { followLog } from '../state/live';
import { Levels } from './log/levels';

const KEPT_MAX = 1_000;
const ORDER = ['trace', 'debug', 'info', 'warn', 'error'];
const LEAST = [['trace', 'All'], ['info', 'Info'], ['warn', 'Warnings'], ['error', 'Errors']] as const;
type Least = (typeof LEAST)[number][0];

export function Log() {
  const from = useResource<{ items: LogLine[] }>(query('log', { limit: 500 }));
  const [fresh, setFresh] = useState<LogLine[]>([]);
  const [least, setLeast] = useState<Least>('trace');
  const [wanted, setWanted] = useState('');
  const [paused, setPaused] = useState(false);
  const still = useRef(false);
  still.current = paused;
  useEffect(() => followLog((line) => {
    if (!still.current) setFresh((before) => [...before, line].slice(-KEPT_MAX));
  }), []);

  const matches = (line: LogLine) =>
    ORDER.indexOf(line.level) >= ORDER.indexOf(least) &&
    `${line.area} ${line.message}`.toLowerCase().includes(wanted.trim().toLowerCase());
  return (
    <>
      <PageHead title="Log" lead="The newest first. What is logged is chosen below, until the restart.">
        <SearchField label="Text" text={wanted} onText={setWanted} />
        <Segments label="Least level" options={LEAST} value={least} onChange={setLeast} />
        <Button icon={paused ? 'play' : 'pause'} pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Go on' : 'Pause'}
        </Button>
      </PageHead>
      <Card>
        <Loaded from={from}>
          {({ items }) => <Lines lines={joined(items, fresh).filter(matches)} />}
        </Loaded>
      </Card>
      <Levels />
    </>
  );
}

/// What was fetched may overlap with what the stream brought meanwhile.
function joined(fetched: LogLine[], fresh: LogLine[]): LogLine[] {
  const last = fetched.at(-1);
  const newer = last ? fresh.filter((line) => line.at > last.at) : fresh;
  return [...fetched, ...newer].slice(-KEPT_MAX).reverse();
}

function Lines({ lines }: { lines: LogLine[] }) {
  if (lines.length === 0) {
    return (
      <Empty icon="log" title="No line to show.">
        <p>Choose a lower level, or another text.</p>
      </Empty>
    );
  }
  return (
    <div class="log" role="log" aria-label="Lines of the log" aria-live="off" tabIndex={0}>
      {lines.map((line, i) => (
        <p key={lines.length - i} class={`line ${line.level}`}>
          <time dateTime={line.at} title={line.at}>{timeOfDay(line.at)}</time>
          <b>{line.level}</b>
          <i>{line.area}</i>
          <span>{line.message}</span>
        </p>
      ))}
    </div>
  );
}
