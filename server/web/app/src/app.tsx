// SPDX-License-Identifier: Apache-2.0
// Which view the address names.

import type { JSX } from 'preact';
import { Empty } from './components/blocks';
import { Link } from './components/link';
import { PageHead } from './components/page_head';
import { Shell } from './components/shell';
import { Toasts } from './components/toasts';
import { TokenPrompt } from './components/token_prompt';
import { route, type Route } from './state/router';
import { session } from './state/session';
import { useStore } from './state/store';
import { Clients } from './views/clients';
import { Config } from './views/config';
import { Log } from './views/log';
import { Overview } from './views/overview';
import { Refusals } from './views/refusals';
import { Swarm } from './views/swarm';
import { Swarms } from './views/swarms';

const VIEWS: Record<string, (at: Route) => JSX.Element> = {
  overview: () => <Overview />,
  swarms: ({ argument }) => (argument ? <Swarm key={argument} id={argument} /> : <Swarms />),
  clients: () => <Clients />,
  refusals: ({ argument }) => <Refusals part={argument} />,
  config: () => <Config />,
  log: () => <Log />,
};

export function App() {
  const at = useStore(route);
  const { prompt } = useStore(session);
  if (prompt !== 'no') {
    return (
      <main class="alone">
        <TokenPrompt />
      </main>
    );
  }
  return (
    <>
      <Shell>{(VIEWS[at.view] ?? Unknown)(at)}</Shell>
      <Toasts />
    </>
  );
}

function Unknown(): JSX.Element {
  return (
    <>
      <PageHead title="No such view" />
      <Empty icon="search" title="There is nothing at this address.">
        <p>Go to the <Link to="">overview</Link>.</p>
      </Empty>
    </>
  );
}
