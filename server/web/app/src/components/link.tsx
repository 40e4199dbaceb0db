// SPDX-License-Identifier: Apache-2.0
// A link to a view: a real one, so that it can be opened in another tab or copied.

import type { ComponentChildren } from 'preact';
import { goTo, href } from '../state/router';

interface Props {
  to: string;
  class?: string;
  current?: boolean;
  onFollow?: () => void;
  title?: string;
  children: ComponentChildren;
}

export function Link({ to, class: name, current, onFollow, title, children }: Props) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onFollow?.();
    goTo(to);
  };
  return (
    <a href={href(to)} class={name} title={title} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
