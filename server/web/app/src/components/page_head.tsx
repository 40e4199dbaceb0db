// SPDX-License-Identifier: Apache-2.0
// The head of a view. A new view gets the focus here, so that a screen reader says where it is.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/// Of the view before: a view that is drawn anew does not take the focus from where it is.
let shown = '';

export function PageHead(props: {
  title: string;
  lead?: ComponentChildren;
  children?: ComponentChildren;
}) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} · Waggle`;
    if (shown && shown !== props.title) head.current?.focus({ preventScroll: true });
    shown = props.title;
  }, [props.title]);
  return (
    <header class="page-head">
      <div>
        <h1 ref={head} tabIndex={-1}>{props.title}</h1>
        {props.lead && <p class="lead">{props.lead}</p>}
      </div>
      {props.children && <div class="row">{props.children}</div>}
    </header>
  );
}
