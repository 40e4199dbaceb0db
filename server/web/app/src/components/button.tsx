// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

interface Props {
  children?: ComponentChildren;
  icon?: IconName;
  kind?: 'primary' | 'danger' | 'quiet';
  label?: string;  // for a button that is an icon alone
  type?: 'button' | 'submit';
  small?: boolean;
  disabled?: boolean;
  pressed?: boolean;
  onClick?: () => void;
}

export function Button(props: Props) {
  const names = ['button', props.kind ?? '', props.small ? 'small' : '', props.children ? '' : 'bare'];
  return (
    <button
      type={props.type ?? 'button'}
      class={names.filter(Boolean).join(' ')}
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.icon && <Icon name={props.icon} />}
      {props.children && <span>{props.children}</span>}
    </button>
  );
}
