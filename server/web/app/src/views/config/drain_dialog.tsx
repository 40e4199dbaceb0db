// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { call, messageOf } from '../../api/client';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { count } from '../../format';
import { overview } from '../../state/live';
import { useStore } from '../../state/store';
import { say } from '../../state/toasts';

const SECONDS_MAX = 3_600;
const SECONDS_DEFAULT = 60;

export function DrainDialog({ onClose }: { onClose: () => void }) {
  const now = useStore(overview);
  const [seconds, setSeconds] = useState(SECONDS_DEFAULT);
  const [error, setError] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await call('drain', { method: 'POST', body: { window_seconds: seconds } });
      say('The server is draining.');
      onClose();
    } catch (failed) {
      setError(messageOf(failed));
    }
  };
  return (
    <Dialog title="Drain and end this server" onClose={onClose}>
      <form class="fields" onSubmit={submit}>
        <p>
          It stops accepting, closes its {count(now?.connections ?? 0)} connections spread over the time below, so that
          clients do not come back all at once, and then ends. Links between peers live on.
        </p>
        <label>
          Seconds
          <input type="number" min={0} max={SECONDS_MAX} required value={seconds}
            onInput={(event) => setSeconds(event.currentTarget.valueAsNumber)} />
        </label>
        {error && <p class="field-error" role="alert">{error}</p>}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="danger" icon="power">Drain and end</Button>
        </div>
      </form>
    </Dialog>
  );
}
