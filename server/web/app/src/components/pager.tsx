// SPDX-License-Identifier: Apache-2.0
import type { Page } from '../api/types';
import { age, exact } from '../format';
import { Button } from './button';

interface Props {
  page: Page<unknown>;
  what: string;
  snapshotMs?: number | undefined;
  onOffset: (offset: number) => void;
}

export function Pager({ page, what, snapshotMs, onOffset }: Props) {
  const { items, total, offset, limit } = page;
  const first = items.length ? offset + 1 : 0;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <span>
        {exact(first)}–{exact(offset + items.length)} of <b>{exact(total)}</b> {what}
        {snapshotMs !== undefined && snapshotMs >= 1000 && <span class="muted"> · {age(snapshotMs)} old</span>}
      </span>
      <span class="row">
        <Button small icon="left" label="Previous page" disabled={offset === 0}
          onClick={() => onOffset(Math.max(0, offset - limit))} />
        <Button small icon="right" label="Next page" disabled={offset + items.length >= total}
          onClick={() => onOffset(offset + limit)} />
      </span>
    </nav>
  );
}
