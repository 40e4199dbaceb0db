// SPDX-License-Identifier: Apache-2.0
// A table that scrolls sideways by itself, in reach of the keyboard.

import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  key: string;
  head: string;
  cell: (row: Row) => ComponentChildren;
  kind?: 'number' | 'action';
  /// Left out where the screen is narrower than this.
  from?: 'tablet' | 'desktop';
  hint?: string;
  sort?: { active: boolean; choose: () => void };
}

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row, index: number) => string | number;
  stale?: boolean;
}

export function Table<Row>({ caption, columns, rows, rowKey, stale }: Props<Row>) {
  return (
    <div class={`table-box${stale ? ' stale' : ''}`} role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>{columns.map((column) => <Head key={column.key} column={column} />)}</tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={rowKey(row, index)}>
              {columns.map((column) => (
                <td key={column.key} class={classOf(column)}>{column.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>({ column }: { column: Column<Row> }) {
  const { sort, head, hint } = column;
  return (
    <th
      scope="col"
      class={classOf(column)}
      title={hint}
      aria-sort={sort ? (sort.active ? 'descending' : 'none') : undefined}
    >
      {sort ? (
        <button type="button" class="sort" onClick={sort.choose}>
          {head}
          <span aria-hidden="true">{sort.active ? ' ↓' : ' ↕'}</span>
        </button>
      ) : (
        head || <span class="unseen">Actions</span>
      )}
    </th>
  );
}

function classOf<Row>({ kind, from }: Column<Row>): string {
  return [kind ?? '', from ? `from-${from}` : ''].filter(Boolean).join(' ');
}
