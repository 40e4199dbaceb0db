// SPDX-License-Identifier: Apache-2.0
// The server as it is now: by the event stream, by asking again and again where there is no stream.
// Runs as long as the page does, so that the charts have no holes after a look at another view.

import { ApiError, call } from '../api/client';
import { readEvents, type ServerEvent } from '../api/events';
import type { LogLine, Overview } from '../api/types';
import { addSample, clearSamples } from './samples';
import { session } from './session';
import { Store } from './store';

/// 'polling': the server answers, but has no stream for this page.
export type Link = 'connecting' | 'live' | 'polling' | 'down';

const POLL_MS = 2_000;
const RETRY_MS = 1_500;
const POLLS_BEFORE_STREAM = 8;

export const overview = new Store<Overview | null>(null);
export const link = new Store<Link>('connecting');
/// Why there is nothing to show although the server answers.
export const trouble = new Store('');
/// Grows when bans or settings changed, whoever did it.
export const bansChanged = new Store(0);
export const configChanged = new Store(0);

type LineListener = (line: LogLine) => void;
const lineListeners = new Set<LineListener>();

export function followLog(listener: LineListener): () => void {
  lineListeners.add(listener);
  return () => lineListeners.delete(listener);
}

function takeOverview(next: Overview): void {
  const before = overview.get();
  if (before && before.started_at !== next.started_at) clearSamples();
  addSample(next);
  overview.set(next);
  trouble.set('');
}

function take({ name, data }: ServerEvent): void {
  link.set('live');
  if (name === 'overview') takeOverview(data as Overview);
  else if (name === 'log') for (const tell of lineListeners) tell(data as LogLine);
  else if (name === 'ban') bansChanged.set(bansChanged.get() + 1);
  else if (name === 'reload') configChanged.set(configChanged.get() + 1);
}

async function poll(signal: AbortSignal): Promise<void> {
  for (let i = 0; i < POLLS_BEFORE_STREAM && !signal.aborted; ++i) {
    takeOverview(await call<Overview>('overview', { signal }));
    link.set('polling');
    await pause(POLL_MS, signal);
  }
}

/// Returns when there is a token to try.
async function untilAllowed(signal: AbortSignal): Promise<void> {
  while (session.get().prompt !== 'no' && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const stop = session.follow(() => {
        stop();
        resolve();
      });
    });
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer);
      resolve();
    });
  });
}

async function run(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await untilAllowed(signal);
    try {
      // Once by hand: it says what is wrong where the stream does not begin.
      takeOverview(await call<Overview>('overview', { signal }));
      try {
        await readEvents(take, signal);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status === 0) throw error;
        if (error.status === 401) continue;
        await poll(signal);
      }
      continue;
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      if (status === 401) continue;
      link.set('down');
      trouble.set(status === 0 ? '' : (error as Error).message);
    }
    await pause(RETRY_MS, signal);
  }
}

export function startLive(): () => void {
  const stop = new AbortController();
  void run(stop.signal);
  return () => stop.abort();
}
