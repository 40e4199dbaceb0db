// SPDX-License-Identifier: Apache-2.0
//
// The browser client by itself: the tests that lie beside it, and its size.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';

import '../../protocol/js/test/descriptions.test.mjs';
import '../../protocol/js/test/link.test.mjs';
import '../../protocol/js/test/resume.test.mjs';
import '../../protocol/js/test/session.test.mjs';

const BYTES_MAX = 8192;

it('is at most 8 KB on the wire, as it is', async () => {
  const source = await readFile(new URL('../../protocol/js/waggle.js', import.meta.url));

  assert.ok(gzipSync(source, { level: 9 }).length <= BYTES_MAX);
});
