// SPDX-License-Identifier: Apache-2.0
// Line icons on a grid of 20, drawn for this page.

const PATHS = {
  overview: 'M3 11l4-4 3.5 3.5L17 4M3 16.5h14',
  swarms: 'M10 2.5l3.2 1.9v3.7L10 10 6.8 8.1V4.4zM6.5 10.3l3.2 1.9v3.7l-3.2 1.9-3.2-1.9v-3.7zM13.5 10.3l3.2 1.9v3.7l-3.2 1.9-3.2-1.9v-3.7z',
  clients: 'M3 4h14v9H3zM7 16.5h6M10 13v3.5',
  refusals: 'M10 2.5l6 2.3v4.5c0 4-2.6 6.8-6 8.2-3.4-1.4-6-4.2-6-8.2V4.8zM7.5 10l2 2 3.2-3.6',
  config: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  log: 'M4 3.5h12v13H4zM7 7.5h6M7 10.5h6M7 13.5h3.5',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  close: 'M5 5l10 10M15 5L5 15',
  sun: 'M10 6.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.4 4.4l1 1M14.6 14.6l1 1M15.6 4.4l-1 1M5.4 14.6l-1 1',
  moon: 'M16.5 11.8A7 7 0 018.2 3.5a7 7 0 108.3 8.3z',
  auto: 'M10 3a7 7 0 100 14 7 7 0 000-14zM10 3v14',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  check: 'M4 10.5l4 4 8-9',
  search: 'M9 3.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM13 13l4 4',
  reload: 'M16 6.5A7 7 0 1017 10M16.5 3v3.8h-3.8',
  ban: 'M10 3a7 7 0 100 14 7 7 0 000-14zM5 5l10 10',
  eye: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 100 4 2 2 0 000-4z',
  warning: 'M10 3l7.5 13.5h-15zM10 8v4M10 14v.5',
  power: 'M10 2.5V10M5.8 5.5a6.3 6.3 0 108.4 0',
  plus: 'M10 4v12M4 10h12',
  left: 'M12 4.5L6.5 10l5.5 5.5',
  right: 'M8 4.5l5.5 5.5L8 15.5',
  pause: 'M7 4.5v11M13 4.5v11',
  play: 'M6 4l10 6-10 6z',
  key: 'M7 8.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM9.5 9.5L16.5 3M13 6.2l2.2 2.2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
