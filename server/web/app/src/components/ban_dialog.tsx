// SPDX-License-Identifier: Apache-2.0
// Asks what to keep out, why and for how long.

import { useRef, useState } from 'preact/hooks';
import { call, messageOf } from '../api/client';
import type { Ban, BanKind, NewBan } from '../api/types';
import { banText, hexOfPrefix } from '../format';
import { say } from '../state/toasts';
import { Button } from './button';
import { Dialog } from './dialog';

interface Props {
  kind?: BanKind;
  value?: string;
  onClose: () => void;
}

const KINDS: { kind: BanKind; label: string; hint: string }[] = [
  {
    kind: 'address', label: 'Address or network',
    hint: '192.0.2.7, 192.0.2.0/24 or 2001:db8::/48. Its connections are closed, and new ones refused.',
  },
  {
    kind: 'info_hash', label: 'Info hash',
    hint: '40 hexadecimal digits. Its swarm is emptied, in every tenant, and its announces are refused.',
  },
  {
    kind: 'peer_id_prefix', label: 'Peer id prefix',
    hint: 'As clients write it (-WW0208-), or in hexadecimal digits. Shorten it to a whole library or version.',
  },
  {
    kind: 'tenant', label: 'Tenant',
    hint: 'Its name; empty means clients that name none. All its connections are closed, and new ones refused.',
  },
  {
    kind: 'token', label: 'Token',
    hint: 'TENANT/JTI, or the 40 hexadecimal digits of its digest. Who came with it is put out, and stays out.',
  },
];

const UNITS = [
  ['seconds', 1],
  ['minutes', 60],
  ['hours', 3_600],
  ['days', 86_400],
] as const;
const FOR_GOOD = 'for good';

export function BanDialog(props: Props) {
  const [kind, setKind] = useState<BanKind>(props.kind ?? 'address');
  const [value, setValue] = useState(props.value ?? '');
  const [lasts, setLasts] = useState(1);
  const [unit, setUnit] = useState('hours');
  const [error, setError] = useState('');
  const reason = useRef<HTMLInputElement>(null);
  const hint = KINDS.find((each) => each.kind === kind)?.hint ?? '';

  const submit = async (event: Event) => {
    event.preventDefault();
    const ban: NewBan = { kind, value: kind === 'peer_id_prefix' ? hexOfPrefix(value) : value.trim() };
    const why = reason.current?.value.trim();
    if (why) ban.reason = why;
    const seconds = UNITS.find(([name]) => name === unit)?.[1];
    if (seconds) ban.lasts_seconds = Math.round(lasts * seconds);
    try {
      const made = await call<Ban>('bans', { method: 'POST', body: ban });
      say(`Banned: ${banText(made)}`);
      props.onClose();
    } catch (failed) {
      setError(messageOf(failed));
    }
  };

  return (
    <Dialog title="New ban" onClose={props.onClose}>
      <form class="fields" onSubmit={submit}>
        <label>
          What
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value as BanKind)}>
            {KINDS.map((each) => <option key={each.kind} value={each.kind}>{each.label}</option>)}
          </select>
        </label>
        <label>
          Value
          <input class="code" required={kind !== 'tenant'} maxLength={384} spellcheck={false} autocapitalize="off" value={value}
            aria-describedby="ban-hint" aria-invalid={error !== ''}
            onInput={(event) => setValue(event.currentTarget.value)} />
        </label>
        <p id="ban-hint" class="muted">{hint}</p>
        <label>
          Reason
          <input ref={reason} maxLength={256} placeholder="For the audit log" />
        </label>
        <fieldset>
          <legend>Lasts</legend>
          {unit !== FOR_GOOD && (
            <input type="number" min={1} max={9_999} required aria-label="Number" value={lasts}
              onInput={(event) => setLasts(event.currentTarget.valueAsNumber)} />
          )}
          <select aria-label="Unit" value={unit} onChange={(event) => setUnit(event.currentTarget.value)}>
            {UNITS.map(([name]) => <option key={name} value={name}>{name}</option>)}
            <option value={FOR_GOOD}>until it is ended by hand</option>
          </select>
        </fieldset>
        {error && <p class="field-error" role="alert">{error}</p>}
        <div class="row end">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" kind="danger" icon="ban">Ban</Button>
        </div>
      </form>
    </Dialog>
  );
}
