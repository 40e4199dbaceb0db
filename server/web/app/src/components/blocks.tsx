// SPDX-License-Identifier: Apache-2.0
// The small pieces that views are made of.

import type { ComponentChildren } from 'preact';
import type { Resource } from '../api/resource';
import type { Point } from '../state/samples';
import { Sparkline } from '../charts/sparkline';
import { Button } from './button';
import { Icon, type IconName } from './icon';

export function Card(props: {
  title?: string;
  aside?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}) {
  return (
    <section class={`card ${props.class ?? ''}`}>
      {(props.title || props.aside) && (
        <header class="card-head">
          {props.title && <h2>{props.title}</h2>}
          {props.aside && <div class="row">{props.aside}</div>}
        </header>
      )}
      {props.children}
    </section>
  );
}

export function Tile(props: {
  label: string;
  value: string;
  note?: string;
  bad?: boolean;
  points?: Point[];
  name?: string;
}) {
  return (
    <div class={`tile${props.bad ? ' bad' : ''}`}>
      <dt>{props.label}</dt>
      <dd>{props.value}</dd>
      <dd class="note">{props.note ?? '\u00a0'}</dd>
      {props.points && <dd class="trend"><Sparkline points={props.points} name={props.name ?? ''} /></dd>}
    </div>
  );
}

export function Badge({ kind, children }: { kind?: 'good' | 'bad' | 'warn'; children: ComponentChildren }) {
  return <span class={`badge ${kind ?? ''}`}>{children}</span>;
}

export function Callout(props: { kind: 'bad' | 'warn' | 'info'; title: string; children?: ComponentChildren }) {
  return (
    <div class={`callout ${props.kind}`} role={props.kind === 'bad' ? 'alert' : 'note'}>
      <Icon name="warning" />
      <div>
        <strong>{props.title}</strong>
        {props.children && <div>{props.children}</div>}
      </div>
    </div>
  );
}

export function Empty(props: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <span class="cell"><Icon name={props.icon} /></span>
      <h3>{props.title}</h3>
      {props.children}
    </div>
  );
}

/// Nothing yet, an error, or what is there.
export function Loaded<T>(props: { from: Resource<T>; children: (data: T) => ComponentChildren }) {
  const { data, error, status, reload } = props.from;
  if (data === null && !error) return <Skeleton />;
  return (
    <>
      {error && status !== 0 && (
        <Callout kind="bad" title={error}>
          <Button small icon="reload" onClick={reload}>Try again</Button>
        </Callout>
      )}
      {error && status === 0 && data === null && <Skeleton />}
      {data !== null && props.children(data)}
    </>
  );
}

function Skeleton() {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading</span>
      <i /><i /><i /><i />
    </div>
  );
}

/// A part of a whole, as a bar beside its figure.
export function Share({ part, whole }: { part: number; whole: number }) {
  const width = whole > 0 ? Math.max(1, (part / whole) * 100) : 0;
  return (
    <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="share-back" width="100" height="6" />
      <rect class="share-part" width={width.toFixed(2)} height="6" />
    </svg>
  );
}

export function Segments<T extends string>(props: {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <div class="segments" role="group" aria-label={props.label}>
      {props.options.map(([value, label]) => (
        <button key={value} type="button" aria-pressed={value === props.value}
          onClick={() => props.onChange(value)}>
          {label}
        </button>
      ))}
    </div>
  );
}
