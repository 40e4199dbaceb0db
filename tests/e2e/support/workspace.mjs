// SPDX-License-Identifier: Apache-2.0
//
// What one test file needs around its servers: a temporary directory and certificates in it.

import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.mjs';
import { startServer } from './server.mjs';

export async function openWorkspace() {
  const directory = await mkdtemp(join(tmpdir(), 'waggle-e2e-'));
  process.on('exit', () => remove(directory));
  const certificates = await makeCertificates(directory);
  return {
    directory,
    certificates,

    startServer: (options) => startServer({ ...options, certificates }),

    /// Runs `body` with a server of its own, which must then end cleanly.
    async withServer({ cores }, body) {
      const server = await startServer({ cores, certificates });
      try {
        await body(server);
      } catch (error) {
        error.message += `\nserver log:\n${server.log.join('\n')}`;
        await server.stop().catch(() => {});
        throw error;
      }
      await server.stop();
    },

    close: () => remove(directory),
  };
}

const remove = (directory) => rmSync(directory, { recursive: true, force: true });

/// Every listener with one core and with two: what the browser tests are run against.
export const SETUPS = [1, 2].flatMap((cores) => ['ws', 'wss'].map((scheme) => ({ cores, scheme })));
