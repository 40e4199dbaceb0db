// SPDX-License-Identifier: Apache-2.0
//
// A secret of a tenant, and tokens that the server's own command signs with it.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BINARY } from './server.mjs';

const run = promisify(execFile);

export class TokenKey {
  /// Makes a new secret, in a file of `directory`.
  static async make(directory, kid) {
    const file = join(directory, `${kid}.secret`);
    const secret = randomBytes(32).toString('hex');
    await writeFile(file, `${secret}\n`);
    return new TokenKey(kid, file, secret);
  }

  constructor(kid, file, secret) {
    this.kid = kid;
    this.file = file;
    this.setting = `${kid}:${secret}`;  // for tokens.secrets
  }

  /// @param swarms  the only ones that the token lets in; absent: all.
  async mint({ tenant, expires = '15m', swarms = [] }) {
    const { stdout } = await run(BINARY, [
      'token', '--secret-file', this.file, '--kid', this.kid, '--tenant', tenant,
      '--expires', expires, ...swarms.flatMap((swarm) => ['--swarm', swarm]),
    ]);
    return stdout.trimEnd();
  }
}

/// When the token ends, in milliseconds since 1970.
export function endOf(token) {
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  return claims.exp * 1000;
}
