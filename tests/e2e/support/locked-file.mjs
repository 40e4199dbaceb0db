// SPDX-License-Identifier: Apache-2.0
//
// A file of SQLite that another program has locked against writing, as a backup that hangs does.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { within } from './wait.mjs';

/// Resolves once the file is locked; release() lets it go.
export async function lockFile(path) {
  const program = spawn('setpriv', ['--pdeathsig', 'KILL', 'sqlite3', '-bail', path],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  const failed = ended.then(([code]) => {
    throw new Error(`sqlite3 ended with ${code} before the lock was released`);
  });
  program.stdin.write(".timeout 5000\nBEGIN EXCLUSIVE;\nSELECT 'locked';\n");
  await within('the lock', Promise.race([once(program.stdout, 'data'), failed]));
  failed.catch(() => {});
  return {
    release: async () => {
      program.stdin.end('ROLLBACK;\n');
      await within('the end of sqlite3', ended);
    },
  };
}
