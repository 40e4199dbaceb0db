// SPDX-License-Identifier: Apache-2.0
// What went wrong, in words, on top of the page: one callout a subject, which goes when it is over.

import { element, find } from './dom.js';

const callouts = new Map();  // subject -> its callout

/// @param grave  the page cannot do its work; else it goes on with less.
export function problem(subject, title, text, { grave = true } = {}) {
  // What is there already is not read out again.
  if (callouts.get(subject)?.textContent === title + text) return;
  solved(subject);
  const callout = element('div', { class: grave ? 'callout bad' : 'callout', 'data-subject': subject },
    element('h2', {}, title), element('p', {}, text));
  callouts.set(subject, callout);
  find('#problems').append(callout);
}

export function solved(subject) {
  callouts.get(subject)?.remove();
  callouts.delete(subject);
}

const REFUSALS = {
  unauthorized: 'It wants a token: add ?token=… to the address of this page.',
  bad_token: 'It does not accept the token in the address of this page.',
  forbidden: 'It does not serve this swarm, or not to this page.',
  limit: 'The swarm is full.',
};

/// An error of the client that it does not mend by itself.
export function refusal(error) {
  if (error.retry !== undefined) return;
  problem('refused', 'The server has refused this page', REFUSALS[error.kind] ?? `${error.message}.`);
}

/// Runs the whole page: whatever is thrown on the way becomes words.
export async function explained(run) {
  try {
    await run();
  } catch (error) {
    console.error(error);
    if (error.kind) refusal(error);
    else problem('page', 'This page does not work here', `${error.message}.`);
  }
}
