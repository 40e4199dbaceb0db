// SPDX-License-Identifier: Apache-2.0
// Shown instead of a view while the API wants a token.

import { useRef } from 'preact/hooks';
import { session, setToken } from '../state/session';
import { useStore } from '../state/store';
import { Button } from './button';

export function TokenPrompt() {
  const { prompt } = useStore(session);
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (token) setToken(token);
  };
  return (
    <form class="card token" onSubmit={submit}>
      <img src={`${import.meta.env.BASE_URL}logo.svg`} width="56" height="56" alt="" />
      <h1>Waggle</h1>
      <p>This server asks for the token of its admin API: the value of <code>admin.token</code>, or what is in the
        file that <code>admin.token_file</code> names.</p>
      <label for="token">Token</label>
      <input ref={field} id="token" type="password" autocomplete="current-password" required autofocus
        aria-invalid={prompt === 'wrong'} aria-describedby="token-note" />
      <p id="token-note" class={prompt === 'wrong' ? 'field-error' : 'muted'} role="status">
        {prompt === 'wrong' ? 'The server did not take that token.' : 'Kept until this tab is closed.'}
      </p>
      <Button type="submit" kind="primary" icon="key">Continue</Button>
    </form>
  );
}
