// SPDX-License-Identifier: Apache-2.0
// `vite` serves the page for work on it, with the API of WAGGLE_INTERNAL (a server, or mock/server.mjs);
// `vite build` writes what the server embeds to WAGGLE_WEB_OUT.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const out = fileURLToPath(new URL('../../../build/web', import.meta.url));

export default defineConfig({
  base: '/ui/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    outDir: process.env.WAGGLE_WEB_OUT ?? out,
    emptyOutDir: true,
    target: 'es2022',
    // A data: URL would be a second way in for files, and one that ETags do not serve.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: { '/api': process.env.WAGGLE_INTERNAL ?? 'http://127.0.0.1:8001' },
  },
});
