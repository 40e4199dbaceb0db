// SPDX-License-Identifier: Apache-2.0
// A text and a button that copies it.

import { useState } from 'preact/hooks';
import { say } from '../state/toasts';
import { Button } from './button';

const SHOWN_MS = 1_500;

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      window.setTimeout(() => setCopied(false), SHOWN_MS);
    } catch {
      // Browsers have no clipboard for pages that came over plain HTTP from another machine.
      say('The browser does not let this page copy. Select the text instead.', 'bad');
    }
  };
  return (
    <Button icon={copied ? 'check' : 'copy'} kind="quiet" small label={`Copy ${what}`} onClick={copy} />
  );
}

export function Snippet({ text, what }: { text: string; what: string }) {
  return (
    <div class="snippet">
      <pre tabIndex={0} aria-label={what}><code>{text}</code></pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
