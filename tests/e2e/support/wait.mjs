// SPDX-License-Identifier: Apache-2.0
//
// Waiting for conditions with a deadline, and random identities.

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 25;

/// Asks `condition` until it yields a truthy value and returns that value; at the deadline fails
/// with `what`, the last value and the last error.
export async function until(what, condition, { seconds = 10 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  let error;
  for (;;) {
    try {
      error = undefined;
      last = await condition();
      if (last) return last;
    } catch (caught) {
      error = caught;
    }
    if (Date.now() >= deadline) {
      const seen = error ? `last error: ${error.message}` : `last value: ${JSON.stringify(last)}`;
      throw new Error(`not within ${seconds} s: ${what} (${seen})`);
    }
    await pause(POLL_MS);
  }
}

/// Settles as `promise` does, or fails with `what` at the deadline.
export function within(what, promise, { seconds = 10 } = {}) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${seconds} s: ${what}`)), seconds * 1000);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

/// An info hash in the three spellings that the clients, the wire and the internal listener use.
export function randomInfoHash() {
  const bytes = randomBytes(20);
  return { hex: bytes.toString('hex'), binary: bytes.toString('latin1') };
}

/// A peer id as WebTorrent makes it: a client prefix that begins with '-', then random bytes.
export function randomPeerId() {
  const bytes = Buffer.concat([Buffer.from('-WW0208-'), randomBytes(12)]);
  return { hex: bytes.toString('hex'), binary: bytes.toString('latin1') };
}
