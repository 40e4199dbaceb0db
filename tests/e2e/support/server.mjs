// SPDX-License-Identifier: Apache-2.0
//
// The server under test as a child process: started on free ports, observed through its internal
// listener, ended with SIGTERM. WAGGLE_BIN names the binary.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from './wait.mjs';

/// Relays (offers and answers) whose sender's core was not the receiver's.
export const RELAYS_CROSSED = 'waggle_mailbox_relays_crossed_total';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const BINARY = resolve(process.env.WAGGLE_BIN ?? `${HERE}/../../../build/dev/waggle`);
const START_SECONDS = 20;
const STOP_SECONDS = 20;
const LOG_LINES_KEPT = 40;

// Nothing may outlive the tests, however they end; a SIGKILL is covered by setpriv below, and
// Chromium ends itself when the pipe to it breaks.
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const [signal, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]]) {
  process.once(signal, () => process.exit(128 + number));
}

/// Starts `waggle serve` with one plain and one TLS listener.
///
/// @param cores         number of cores the server uses.
/// @param certificates  what makeCertificates() returned.
/// @param drainSeconds  over which it closes its connections when it is told to end.
/// @param like          a server that has ended, whose addresses this one takes.
/// @param stun          UDP address of its STUN server; without one there is none.
/// @param flags         further ones.
export async function startServer({ cores, certificates, drainSeconds = 0, like, stun, flags = [] }) {
  const address = (scheme) => (like ? new URL(like.urls[scheme]).host : '127.0.0.1:0');
  const child = spawn('setpriv', [
    '--pdeathsig', 'KILL', BINARY, 'serve',
    '--listen', address('ws'), '--listen-tls', address('wss'),
    '--tls-cert', certificates.certFile, '--tls-key', certificates.keyFile,
    '--internal', like ? new URL(like.internal).host : '127.0.0.1:0',
    '--cores', String(cores), '--drain-seconds', String(drainSeconds),
    ...(stun ? ['--stun', stun] : ['--set', 'stun.enabled=false']), ...flags,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const log = keepLastLines(child.stderr);
  const exited = once(child, 'exit').finally(() => running.delete(child));

  try {
    const ready = await within('the ready line', readyLine(child, exited, log),
      { seconds: START_SECONDS });
    return new Server(child, exited, log, ready);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

class Server {
  constructor(child, exited, log, ready) {
    this.child = child;
    this.exited = exited;
    this.log = log;
    this.internal = ready.internal;
    this.urls = ready.urls;  // {ws, wss}
    this.stun = ready.stun;
  }

  /// Totals, or the facts of one swarm when `infoHashHex` is given.
  async stats(infoHashHex, { tenant = '' } = {}) {
    const query = infoHashHex ? `?info_hash=${infoHashHex}&tenant=${tenant}` : '';
    const response = await fetch(`${this.internal}/stats.json${query}`);
    if (!response.ok) throw new Error(`/stats.json${query} answered ${response.status}`);
    return response.json();
  }

  /// The sum of a counter's samples in /metrics, or the one of `name{label="value"}`; 0 where it
  /// does not appear.
  async metric(name) {
    const text = await (await fetch(`${this.internal}/metrics`)).text();
    return text.split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /// The status of /healthz on the internal listener and on the public one.
  async health() {
    const listeners = [this.internal, this.urls.ws.replace('ws:', 'http:')];
    return Promise.all(listeners.map(async (url) => (await fetch(`${url}/healthz`)).status));
  }

  /// Ends the server where nothing of it matters any more.
  kill() {
    this.child.kill('SIGKILL');
  }

  /// Ends the server as an operator would; anything but a prompt exit with 0 is an error.
  async stop() {
    this.child.kill('SIGTERM');
    try {
      const [code, signal] = await within('exit after SIGTERM', this.exited,
        { seconds: STOP_SECONDS });
      if (code === 0) return;
      throw new Error(`exit code ${code}, signal ${signal}\n${this.log.join('\n')}`);
    } finally {
      this.child.kill('SIGKILL');
    }
  }
}

async function readyLine(child, exited, log) {
  const failed = exited.then(
    ([code, signal]) => {
      throw new Error(`${BINARY}: exit code ${code}, signal ${signal}\n${log.join('\n')}`);
    },
    (error) => {
      throw new Error(`${BINARY} does not start: ${error.message}`);
    });
  return Promise.race([failed, parseReadyLine(createInterface({ input: child.stdout }))]);
}

/// Goes on reading after the line, so that a talkative server never blocks on a full pipe.
function parseReadyLine(lines) {
  return new Promise((found) => {
    lines.on('line', (line) => {
      if (!line.startsWith('ready ')) return;
      const fields = line.split(' ').slice(1).map((field) => field.split('='));
      const urls = {};
      for (const [key, value] of fields) {
        if (key === 'client') urls[new URL(value).protocol.slice(0, -1)] = value;
      }
      const { internal, stun } = Object.fromEntries(fields);
      found({ urls, internal, stun });
    });
  });
}

function keepLastLines(stream) {
  const kept = [];
  createInterface({ input: stream }).on('line', (line) => {
    kept.push(line);
    if (kept.length > LOG_LINES_KEPT) kept.shift();
  });
  return kept;
}
