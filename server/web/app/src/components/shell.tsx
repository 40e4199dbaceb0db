// SPDX-License-Identifier: Apache-2.0
// What is around every view: navigation, state of the server, banners.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { duration } from '../format';
import { link, overview, trouble } from '../state/live';
import { route } from '../state/router';
import { forgetToken, session } from '../state/session';
import { useStore } from '../state/store';
import { chooseTheme, theme, type Theme } from '../state/theme';
import { Callout } from './blocks';
import { Button } from './button';
import { Dialog } from './dialog';
import { Icon, type IconName } from './icon';
import { Link } from './link';

const VIEWS: { path: string; label: string; icon: IconName }[] = [
  { path: 'overview', label: 'Overview', icon: 'overview' },
  { path: 'swarms', label: 'Swarms', icon: 'swarms' },
  { path: 'clients', label: 'Clients', icon: 'clients' },
  { path: 'refusals', label: 'Refusals & bans', icon: 'refusals' },
  { path: 'config', label: 'Config', icon: 'config' },
  { path: 'log', label: 'Log', icon: 'log' },
];

export function Shell({ children }: { children: ComponentChildren }) {
  const [menu, setMenu] = useState(false);
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <aside class="side">
        <Brand />
        <Navigation />
        <ServerState />
      </aside>
      <header class="top">
        <Button icon="menu" kind="quiet" label="Menu" onClick={() => setMenu(true)} />
        <Brand />
        <LinkState />
      </header>
      {menu && (
        <Dialog title="Waggle" class="drawer" onClose={() => setMenu(false)}>
          <Navigation onFollow={() => setMenu(false)} />
          <ServerState />
        </Dialog>
      )}
      <main id="main" tabIndex={-1}>
        <Banners />
        {children}
      </main>
    </>
  );
}

function Brand() {
  return (
    <Link to="" class="brand">
      <img src={`${import.meta.env.BASE_URL}logo.svg`} width="30" height="30" alt="" />
      Waggle
    </Link>
  );
}

function Navigation({ onFollow }: { onFollow?: () => void }) {
  const { view } = useStore(route);
  return (
    <nav class="views" aria-label="Views">
      {VIEWS.map(({ path, label, icon }) => (
        <Link key={path} to={path === 'overview' ? '' : path}
          current={view === path}
          {...(onFollow ? { onFollow } : {})}>
          <Icon name={icon} />
          {label}
        </Link>
      ))}
    </nav>
  );
}

const LINK_TEXT = {
  connecting: ['', 'Connecting'],
  live: ['good', 'Live'],
  polling: ['warn', 'Every 2 s'],
  down: ['bad', 'Not reachable'],
} as const;

function LinkState() {
  const [kind, text] = LINK_TEXT[useStore(link)];
  return <span class={`link-state ${kind}`}><i aria-hidden="true" />{text}</span>;
}

function ServerState() {
  const now = useStore(overview);
  const { token } = useStore(session);
  return (
    <div class="server-state">
      <LinkState />
      {now && <p>Version {now.version}<br />Up for {duration(now.uptime_seconds)}</p>}
      <ThemeChoice />
      <a href={`${import.meta.env.BASE_URL}licences.txt`} target="_blank" rel="noreferrer">Licences</a>
      {token && <Button small kind="quiet" icon="key" onClick={forgetToken}>Forget the token</Button>}
    </div>
  );
}

const THEMES: [Theme, IconName, string][] = [
  ['auto', 'auto', 'Theme of the system'],
  ['light', 'sun', 'Light theme'],
  ['dark', 'moon', 'Dark theme'],
];

function ThemeChoice() {
  const chosen = useStore(theme);
  return (
    <div class="themes" role="group" aria-label="Theme">
      {THEMES.map(([value, icon, label]) => (
        <Button key={value} icon={icon} kind="quiet" small label={label} pressed={chosen === value}
          onClick={() => chooseTheme(value)} />
      ))}
    </div>
  );
}

function Banners() {
  const state = useStore(link);
  const why = useStore(trouble);
  const now = useStore(overview);
  return (
    <>
      {state === 'down' && (
        <Callout kind="bad" title={why || 'The server is not reachable, trying again.'}>
          {now && 'What you see is the last that it said.'}
        </Callout>
      )}
      {state !== 'down' && now?.draining && (
        <Callout kind="warn" title="The server is draining.">
          It accepts nobody any more and ends when its connections are closed.
        </Callout>
      )}
      {state !== 'down' && now && !now.ready && !now.draining && (
        <Callout kind="bad" title="The server is not ready.">{now.detail}</Callout>
      )}
      {state !== 'down' && now?.storage.problem && (
        <Callout kind="bad" title="Facts cannot be stored.">
          {now.storage.problem}. Clients are served all the same; writing goes on by itself when the cause is gone.
        </Callout>
      )}
    </>
  );
}
