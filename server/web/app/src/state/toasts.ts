// SPDX-License-Identifier: Apache-2.0
// Short messages about what was just done.

import { Store } from './store';

export interface Toast {
  id: number;
  kind: 'good' | 'bad';
  text: string;
}

const SHOWN_MS = 6_000;
const SHOWN_MAX = 4;

export const toasts = new Store<Toast[]>([]);
let last = 0;

export function say(text: string, kind: Toast['kind'] = 'good'): void {
  const toast = { id: ++last, kind, text };
  toasts.set([...toasts.get(), toast].slice(-SHOWN_MAX));
  window.setTimeout(() => dismiss(toast.id), SHOWN_MS);
}

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}
