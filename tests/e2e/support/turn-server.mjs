// SPDX-License-Identifier: Apache-2.0
//
// A real coturn on loopback that shares a secret with the server under test, and its own test client.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { until } from './wait.mjs';

const SERVER = process.env.TURNSERVER_BIN ?? 'turnserver';
const CLIENT = 'turnutils_uclient';
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

async function freePort() {
  const socket = createSocket('udp4');
  await new Promise((bound) => socket.bind(0, '127.0.0.1', bound));
  const { port } = socket.address();
  await new Promise((closed) => socket.close(closed));
  return port;
}

export async function startTurnServer(secret, directory) {
  const port = await freePort();
  const child = spawn(SERVER, [
    '-n', '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=waggle.test',
    '--listening-ip=127.0.0.1', `--listening-port=${port}`, '--relay-ip=127.0.0.1',
    '--no-cli', '--no-tls', '--no-dtls', '--allow-loopback-peers', '--log-file=stdout',
    '--simple-log', `--pidfile=${directory}/turn.pid`, `--userdb=${directory}/turn.db`,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const log = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => log.push(...text.toString().split('\n')));
  }
  const url = `turn:127.0.0.1:${port}?transport=udp`;
  await until('a TURN server that answers', () => log.some((line) => /IPv4. UDP listener opened|listener opened on|Relay ports initialization done/i.test(line)),
    { seconds: 15 });
  return {
    url,
    port,
    log,
    /// What coturn's client says of these credentials: its exit code and its words.
    async tryCredentials({ username, credential }) {
      const client = spawn(CLIENT, ['-u', username, '-w', credential, '-p', String(port), '-y',
        '-n', '2', '-m', '1', '-c', '127.0.0.1'], { stdio: ['ignore', 'pipe', 'pipe'] });
      running.add(client);
      const words = [];
      for (const stream of [client.stdout, client.stderr]) {
        stream.on('data', (text) => words.push(text.toString()));
      }
      const timer = setTimeout(() => client.kill('SIGKILL'), 20_000);
      const [code] = await once(client, 'exit');
      clearTimeout(timer);
      running.delete(client);
      return { code, words: words.join('') };
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(timer);
    },
  };
}
