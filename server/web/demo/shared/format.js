// SPDX-License-Identifier: Apache-2.0
// Figures as people read them, in the units of the dashboard. Pure.

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const SHORT_ID = 6;

export function bytes(value) {
  let unit = 0;
  for (; value >= 1024 && unit < UNITS.length - 1; ++unit) value /= 1024;
  return `${(value >= 100 || unit === 0 ? plain : tenths).format(value)} ${UNITS[unit]}`;
}

export const rate = (value) => `${bytes(value)}/s`;

export const percent = (part, whole) =>
  whole > 0 ? `${tenths.format((100 * part) / whole)} %` : '–';

/// "1 peer", "3 peers".
export const count = (value, noun) => `${plain.format(value)} ${noun}${value === 1 ? '' : 's'}`;

export const shortId = (id) => id.slice(0, SHORT_ID);
