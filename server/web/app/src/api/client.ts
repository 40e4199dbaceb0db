// SPDX-License-Identifier: Apache-2.0
// Requests to the admin API: the token, and errors as one kind of exception.

import { refuseToken, session } from '../state/session';

const BASE = '/api/v1/';
const TIMEOUT_MS = 15_000;

/// `status` 0: nobody answered.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body: unknown = null,
  ) {
    super(message);
  }
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/// The response of whatever status but 401, which asks for a token instead.
export async function request(path: string, options: Options = {}): Promise<Response> {
  const { token } = session.get();
  const headers: Record<string, string> = {};
  if (token) headers['Authorization'] = `Bearer ${token}`;
  const method = options.method ?? 'GET';
  if (method !== 'GET') headers['Content-Type'] = 'application/json';
  const { signal, done } = withTimeout(options);
  try {
    const response = await fetch(BASE + path, {
      method,
      headers,
      signal,
      body: method === 'GET' ? null : JSON.stringify(options.body ?? {}),
      cache: 'no-store',
      credentials: 'omit',
    });
    if (response.status === 401) {
      refuseToken(token);
      throw new ApiError(401, 'The server asks for a token.');
    }
    return response;
  } catch (error) {
    if (error instanceof ApiError || options.signal?.aborted) throw error;
    throw new ApiError(0, 'The server is not reachable.');
  } finally {
    done();
  }
}

/// The JSON of a successful answer; ApiError with the problem's detail otherwise.
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  const response = await request(path, options);
  const text = await response.text();
  const body: unknown = text && isJson(response) ? JSON.parse(text) : null;
  if (!response.ok) throw new ApiError(response.status, explain(response, body), body);
  return body as T;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isJson(response: Response): boolean {
  return /[/+]json\b/.test(response.headers.get('Content-Type') ?? '');
}

function explain(response: Response, body: unknown): string {
  const { detail, title } = (body ?? {}) as { detail?: unknown; title?: unknown };
  if (typeof detail === 'string' && detail) return detail;
  if (typeof title === 'string' && title) return title;
  return `The server answered ${response.status}.`;
}

/// Until the head of the answer is there; a stream may then last.
function withTimeout({ signal, timeoutMs = TIMEOUT_MS }: Options) {
  const both = new AbortController();
  const abort = () => both.abort();
  if (signal?.aborted) both.abort();
  signal?.addEventListener('abort', abort);
  const timer = window.setTimeout(abort, timeoutMs);
  return { signal: both.signal, done: () => window.clearTimeout(timer) };
}
