// SPDX-License-Identifier: Apache-2.0
// The event stream (WHATWG HTML 9.2) read with fetch, since EventSource cannot send a token.

import { ApiError, request } from './client';

/// An overview comes each second: a stream that says nothing for so long is dead.
const SILENCE_MS_MAX = 6_000;

export interface ServerEvent {
  name: string;
  data: unknown;
}

/// Calls `onEvent` for each event until the stream ends. Throws ApiError where there is none.
export async function readEvents(
  onEvent: (event: ServerEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = new AbortController();
  const stop = () => stream.abort();
  signal.addEventListener('abort', stop);
  let timer = 0;
  try {
    const response = await request('events', { signal: stream.signal });
    if (!response.ok || !response.body) {
      throw new ApiError(response.status, 'The server has no event stream to give.');
    }
    const split = new EventSplitter(onEvent);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      window.clearTimeout(timer);
      timer = window.setTimeout(stop, SILENCE_MS_MAX);
      const { value, done } = await reader.read();
      if (done) return;
      split.add(value);
    }
  } finally {
    window.clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stream.abort();
  }
}

/// Cuts the text into events.
class EventSplitter {
  private rest = '';

  constructor(private readonly onEvent: (event: ServerEvent) => void) {}

  add(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.take(block);
  }

  private take(block: string): void {
    let name = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event:')) name = line.slice(6).trim();
      else if (line.startsWith('data:')) data += line.slice(5);
    }
    if (!data) return;  // a comment, which keeps the connection alive
    try {
      this.onEvent({ name, data: JSON.parse(data) });
    } catch (error) {
      console.error('event not understood', name, error);
    }
  }
}
