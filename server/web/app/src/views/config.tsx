// SPDX-License-Identifier: Apache-2.0
// What the server runs with, and the two things one does about it: reload and drain.

import { useEffect, useState } from 'preact/hooks';
import { ApiError, call, messageOf } from '../api/client';
import { useResource } from '../api/resource';
import type { Config as Settings, Reloaded } from '../api/types';
import { Callout, Card, Empty, Loaded } from '../components/blocks';
import { Button } from '../components/button';
import { PageHead } from '../components/page_head';
import { SearchField } from '../components/search_field';
import { words } from '../format';
import { configChanged, overview } from '../state/live';
import { useStore } from '../state/store';
import { DrainDialog } from './config/drain_dialog';

const EVERY_MS = 30_000;
/// The server loads, checks and hands out; with many cores and a slow disk that takes a while.
const RELOAD_TIMEOUT_MS = 30_000;

export function Config() {
  const from = useResource<Settings>('config', EVERY_MS);
  const changes = useStore(configChanged);
  const now = useStore(overview);
  const [report, setReport] = useState<Reloaded | null>(null);
  const [busy, setBusy] = useState(false);
  const [draining, setDraining] = useState(false);
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    if (changes) from.reload();
  }, [changes]);

  const reload = async () => {
    setBusy(true);
    setReport(await askForReload());
    setBusy(false);
    from.reload();
  };
  return (
    <>
      <PageHead title="Configuration" lead="What is in force now. Secrets are masked.">
        <SearchField label="Setting" text={wanted} onText={setWanted} />
        <Button icon="reload" disabled={busy} onClick={reload}>{busy ? 'Reloading' : 'Reload'}</Button>
        <Button icon="power" kind="danger" disabled={now?.draining ?? false} onClick={() => setDraining(true)}>Drain</Button>
      </PageHead>
      {report && <Report report={report} />}
      <Loaded from={from}>{(settings) => <Sections settings={settings} wanted={wanted.trim().toLowerCase()} />}</Loaded>
      {draining && <DrainDialog onClose={() => setDraining(false)} />}
    </>
  );
}

async function askForReload(): Promise<Reloaded> {
  try {
    return await call<Reloaded>('reload', { method: 'POST', timeoutMs: RELOAD_TIMEOUT_MS });
  } catch (error) {
    const body = (error instanceof ApiError ? error.body : null) as Partial<Reloaded> | null;
    return { ok: false, changed: body?.changed ?? [], refused: body?.refused ?? [], problem: messageOf(error) };
  }
}

function Report({ report }: { report: Reloaded }) {
  if (!report.ok) {
    return (
      <Callout kind="bad" title="Nothing was changed.">
        <p>{report.problem}</p>
        {report.refused.length > 0 && <p>A restart is needed for: <code>{report.refused.join(', ')}</code></p>}
      </Callout>
    );
  }
  return (
    <Callout kind="info" title={report.changed.length ? 'The new configuration is in force.' : 'The configuration is as it was.'}>
      {report.changed.length > 0 && <p>Changed: <code>{report.changed.join(', ')}</code></p>}
    </Callout>
  );
}

interface Section {
  title: string;
  rows: Row[];
}

type Row = readonly [key: string, value: unknown];

/// Of a tenant the API tells what is not as by default.
function sectionsOf({ tenants = {}, ...own }: Settings): Section[] {
  const rowsOf = (section: string, values: unknown) =>
    Object.entries(values as Record<string, unknown>).map(([name, value]): Row => [`${section}.${name}`, value]);
  const ofTenant = ([tenant, sections]: Row): Section => {
    const rows = rowsOf(`tenants.${tenant}`, sections).flatMap(([section, values]) => rowsOf(section, values));
    return { title: `Tenant ${tenant}`, rows: rows.length ? rows : [[`tenants.${tenant}`, 'all by default']] };
  };
  return [
    ...Object.entries(own).map(([section, values]) =>
      ({ title: section === 'tls' ? 'TLS' : words(section), rows: rowsOf(section, values) })),
    ...Object.entries(tenants).map(ofTenant),
  ];
}

function Sections({ settings, wanted }: { settings: Settings; wanted: string }) {
  const shown = sectionsOf(settings)
    .map(({ title, rows }) => ({ title, rows: rows.filter(([key]) => key.includes(wanted)) }))
    .filter(({ rows }) => rows.length > 0);
  if (shown.length === 0) return <Card><Empty icon="search" title="No setting has that in its name." /></Card>;
  return (
    <div class="sections">
      {shown.map(({ title, rows }) => (
        <Card key={title} title={title}>
          <dl class="settings">
            {rows.map(([key, value]) => (
              <div key={key}>
                <dt><code>{key}</code></dt>
                <dd><Value value={value} /></dd>
              </div>
            ))}
          </dl>
        </Card>
      ))}
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  const text = Array.isArray(value) ? value.map(String).join(', ') : String(value);
  return text === '' ? <span class="muted">none</span> : <code>{text}</code>;
}
