// SPDX-License-Identifier: Apache-2.0
// What the server did not do and why, whom operators keep out, and what they did.

import { useState } from 'preact/hooks';
import { BanDialog } from '../components/ban_dialog';
import { Button } from '../components/button';
import { Link } from '../components/link';
import { PageHead } from '../components/page_head';
import { Audit } from './refusals/audit';
import { Bans } from './refusals/bans';
import { Reasons } from './refusals/reasons';

const PARTS = [
  ['', 'Refusals'],
  ['bans', 'Bans'],
  ['audit', 'Audit log'],
] as const;

export function Refusals({ part }: { part: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <PageHead title="Refusals and bans" lead="What is turned away, by the server's rules and by yours.">
        <Button icon="plus" kind="primary" onClick={() => setAsking(true)}>New ban</Button>
      </PageHead>
      <nav class="tabs" aria-label="Parts">
        {PARTS.map(([path, label]) => (
          <Link key={path} to={path ? `refusals/${path}` : 'refusals'} current={part === path}>{label}</Link>
        ))}
      </nav>
      {part === 'bans' ? <Bans onNew={() => setAsking(true)} /> : part === 'audit' ? <Audit /> : <Reasons />}
      {asking && <BanDialog onClose={() => setAsking(false)} />}
    </>
  );
}
