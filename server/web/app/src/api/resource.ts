// SPDX-License-Identifier: Apache-2.0
// What a view has from the API: fetched when the view appears, when its parameters change and, where
// wanted, again and again.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { session } from '../state/session';
import { useStore } from '../state/store';
import { call, messageOf } from './client';

export interface Resource<T> {
  data: T | null;
  error: string;
  status: number;  // of the error; 0: nobody answered
  loading: boolean;
  reload: () => void;
}

interface Loaded<T> {
  path: string;
  data: T | null;
  error: string;
  status: number;
}

/// @param path     empty: nothing to fetch now.
/// @param everyMs  0: once.
export function useResource<T>(path: string, everyMs = 0): Resource<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ path: '', data: null, error: '', status: 0 });
  const [turn, setTurn] = useState(0);
  const { token, prompt } = useStore(session);
  const current = useRef(path);
  current.current = path;

  useEffect(() => {
    if (!path || prompt !== 'no') return;
    const stop = new AbortController();
    let timer = 0;
    const load = async () => {
      try {
        const data = await call<T>(path, { signal: stop.signal });
        setLoaded({ path, data, error: '', status: 0 });
      } catch (error) {
        if (stop.signal.aborted) return;
        const status = (error as { status?: number }).status ?? 0;
        // What was there stays, with the error beside it; what has gone does not.
        setLoaded((before) => ({
          path,
          data: status === 404 ? null : before.data,
          error: messageOf(error),
          status,
        }));
      }
      if (everyMs && !stop.signal.aborted) timer = window.setTimeout(load, everyMs);
    };
    void load();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [path, everyMs, turn, token, prompt]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const mine = loaded.path === path;
  return {
    // Rows of the page before stay on the screen until the next ones are there.
    data: loaded.data,
    error: mine ? loaded.error : '',
    status: loaded.status,
    loading: !mine || (loaded.data === null && !loaded.error),
    reload,
  };
}

/// The query of a path: names with empty values are left out. To the API a plus is a plus.
export function query(path: string, values: Record<string, string | number>): string {
  const parts = Object.entries(values).filter(([, value]) => value !== '');
  const text = parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return text ? `${path}?${text}` : path;
}
