// SPDX-License-Identifier: Apache-2.0
import { useStore } from '../state/store';
import { dismiss, toasts } from '../state/toasts';
import { Button } from './button';
import { Icon } from './icon';

export function Toasts() {
  const list = useStore(toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {list.map(({ id, kind, text }) => (
        <div key={id} class={`toast ${kind}`}>
          <Icon name={kind === 'good' ? 'check' : 'warning'} />
          <span>{text}</span>
          <Button icon="close" kind="quiet" small label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
