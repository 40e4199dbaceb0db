// SPDX-License-Identifier: Apache-2.0
// The view is in the path below /ui/, what it shows of its data in the query: both can be passed on.

import { Store } from './store';

const BASE = import.meta.env.BASE_URL;  // "/ui/"

export interface Route {
  view: string;
  argument: string;
  query: URLSearchParams;
}

function parse(): Route {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : '';
  const [view = '', argument = ''] = path.split('/');
  return { view: view || 'overview', argument, query: new URLSearchParams(location.search) };
}

export const route = new Store<Route>(parse());

export function href(path: string): string {
  return BASE + path;
}

/// Another view: a step that the browser's back button undoes.
export function goTo(path: string): void {
  history.pushState(null, '', href(path));
  route.set(parse());
  window.scrollTo(0, 0);
}

/// The same view with other parameters; an empty text removes one.
export function setQuery(changes: Record<string, string>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text ? `?${text}` : ''));
  route.set(parse());
}

window.addEventListener('popstate', () => route.set(parse()));
