// SPDX-License-Identifier: Apache-2.0
import { call, messageOf } from '../../api/client';
import { useResource } from '../../api/resource';
import type { LogLevels } from '../../api/types';
import { Card, Loaded } from '../../components/blocks';
import { say } from '../../state/toasts';

const CHOICE = ['trace', 'debug', 'info', 'warn', 'error', 'off'];

const ABOUT: Record<string, string> = {
  net: 'sockets and TLS',
  session: 'what clients say',
  shard: 'swarms and members',
  control: 'this listener, certificates',
  app: 'start and end',
};

export function Levels() {
  const from = useResource<LogLevels>('log/levels');
  const choose = async (area: string, level: string) => {
    try {
      await call('log/levels', { method: 'PUT', body: { area, level } });
      say(`${area} is logged from ${level} on.`);
    } catch (error) {
      say(messageOf(error), 'bad');
    }
    from.reload();
  };
  return (
    <Card title="Levels">
      <Loaded from={from}>
        {({ levels }) => (
          <div class="levels">
            {Object.entries(levels).map(([area, level]) => (
              <label key={area}>
                <span><b>{area}</b> <span class="muted">{ABOUT[area] ?? ''}</span></span>
                <select value={level} onChange={(event) => void choose(area, event.currentTarget.value)}>
                  {CHOICE.map((each) => <option key={each} value={each}>{each}</option>)}
                </select>
              </label>
            ))}
          </div>
        )}
      </Loaded>
    </Card>
  );
}
