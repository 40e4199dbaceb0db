// SPDX-License-Identifier: Apache-2.0
// Light or dark: what the system says, unless somebody chose.

import { Store } from './store';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'waggle.theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'auto';
}

export const theme = new Store<Theme>(stored());
/// What is on the screen now; the charts, which are drawn and not styled, follow it.
export const shownTheme = new Store<'light' | 'dark'>('light');

function apply(): void {
  const chosen = theme.get();
  const shown = chosen === 'auto' ? (system.matches ? 'dark' : 'light') : chosen;
  document.documentElement.dataset.theme = shown;
  shownTheme.set(shown);
}

export function chooseTheme(chosen: Theme): void {
  if (chosen === 'auto') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, chosen);
  theme.set(chosen);
  apply();
}

system.addEventListener('change', apply);
apply();
