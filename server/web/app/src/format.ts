// SPDX-License-Identifier: Apache-2.0
// Figures and names as people read them.

import type { Ban } from './api/types';

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const COMPACT_FROM = 100_000;

export function count(value: number): string {
  return Math.abs(value) >= COMPACT_FROM ? compact.format(value) : plain.format(value);
}

export function exact(value: number): string {
  return plain.format(value);
}

/// Something per second.
export function rate(value: number): string {
  if (value >= COMPACT_FROM) return compact.format(value);
  return value >= 100 ? plain.format(value) : tenths.format(value);
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return `${value >= 100 || unit === 0 ? plain.format(value) : tenths.format(value)} ${units[unit]}`;
}

export function percent(part: number, whole: number): string {
  return whole > 0 ? `${tenths.format((part / whole) * 100)} %` : '–';
}

const STEPS: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/// Two units at most: "3 d 4 h", "12 min 5 s", "40 s".
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const index = STEPS.findIndex(([size]) => whole >= size);
  const [size, unit] = STEPS[index] ?? [1, 's'];
  const first = Math.floor(whole / size);
  const next = STEPS[index + 1];
  const second = next && index >= 0 ? Math.floor((whole % size) / next[0]) : 0;
  return second && next ? `${first} ${unit} ${second} ${next[1]}` : `${first} ${unit}`;
}

/// One unit: for tables.
export function age(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  const [size, unit] = STEPS.find(([least]) => seconds >= least) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });

export function timeOfDay(rfc3339: string): string {
  return clock.format(new Date(rfc3339));
}

export function dateTime(rfc3339: string): string {
  return day.format(new Date(rfc3339));
}

/// "in 3 h" or "2 d ago".
export function relative(rfc3339: string, now = Date.now()): string {
  const seconds = (Date.parse(rfc3339) - now) / 1000;
  const text = age(Math.abs(seconds) * 1000);
  return seconds >= 0 ? `in ${text}` : `${text} ago`;
}

export function shortHash(hex: string): string {
  return hex.length > 14 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex;
}

/// The beginning of a peer id as it was meant, where it is printable: "-WW0208-", then its end.
export function peerName(hex: string): string {
  let prefix = '';
  for (let i = 0; i + 2 <= 16; i += 2) {
    const code = parseInt(hex.slice(i, i + 2), 16);
    if (!(code > 0x20 && code < 0x7f)) return shortHash(hex);
    prefix += String.fromCharCode(code);
  }
  return `${prefix}…${hex.slice(-4)}`;
}

/// What a ban is of, without its kind.
export function banText({ kind, value }: Pick<Ban, 'kind' | 'value'>): string {
  if (kind === 'peer_id_prefix') return peerName(value);
  if (kind === 'token') return value.includes('/') ? value : shortHash(value);
  return value || 'those who name none';
}

/// snake_case as words.
export function words(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/// What a person wrote of a peer id, in the hexadecimal digits that the API wants.
export function hexOfPrefix(text: string): string {
  const trimmed = text.trim();
  if (/^([0-9a-f]{2})+$/i.test(trimmed)) return trimmed.toLowerCase();
  const bytes = new TextEncoder().encode(trimmed);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
