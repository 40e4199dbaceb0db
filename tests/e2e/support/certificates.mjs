// SPDX-License-Identifier: Apache-2.0
//
// A certificate authority and a leaf for 127.0.0.1, made by openssl in a directory of the test.

import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DAYS = '2';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/// @returns the leaf's files for the server, the authority's PEM for node clients, and the hash of
///          the leaf's public key, by which Chromium can be told to accept exactly this one.
export async function makeCertificates(directory) {
  const at = (name) => join(directory, name);
  const openssl = (...args) => run('openssl', args);

  await openssl('req', '-x509', ...NEW_KEY, '-days', DAYS, '-subj', '/CN=Waggle test authority',
    '-keyout', at('ca.key'), '-out', at('ca.pem'));
  await openssl('req', ...NEW_KEY, '-subj', '/CN=127.0.0.1',
    '-keyout', at('leaf.key'), '-out', at('leaf.csr'));
  await writeFile(at('leaf.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  await openssl('x509', '-req', '-in', at('leaf.csr'), '-days', DAYS, '-extfile', at('leaf.ext'),
    '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-out', at('leaf.pem'));

  const leaf = new X509Certificate(await readFile(at('leaf.pem')));
  const spki = leaf.publicKey.export({ type: 'spki', format: 'der' });
  return {
    certFile: at('leaf.pem'),
    keyFile: at('leaf.key'),
    authority: await readFile(at('ca.pem'), 'utf8'),
    publicKeyHash: createHash('sha256').update(spki).digest('base64'),
  };
}
