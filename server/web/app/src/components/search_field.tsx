// SPDX-License-Identifier: Apache-2.0
import { Icon } from './icon';

export function SearchField(props: { label: string; text: string; onText: (text: string) => void }) {
  return (
    <label class="search">
      <Icon name="search" />
      <input type="search" placeholder={props.label} aria-label={props.label} value={props.text}
        spellcheck={false} autocapitalize="off"
        onInput={(event) => props.onText(event.currentTarget.value)} />
    </label>
  );
}
