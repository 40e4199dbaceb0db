// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../../api/types';

/// What pages give as their tracker, as far as the configuration tells: a proxy in front has another
/// address, which nobody here knows.
export function trackerUrl(config: Config | null, hostname: string): string {
  const network = config?.['network'] ?? {};
  const path = pathOf(config);
  const [tls] = lines(network['listen_tls']);
  const [plain] = lines(network['listen']);
  const listen = tls ?? plain;
  if (!listen) return `ws://${hostname}:8000${path}`;
  const port = listen.slice(listen.lastIndexOf(':') + 1);
  const host = listen.slice(0, listen.lastIndexOf(':'));
  const everywhere = host === '0.0.0.0' || host === '[::]' || host === '*' || host === '';
  return `${tls ? 'wss' : 'ws'}://${everywhere ? hostname : host}:${port}${path}`;
}

/// Who names no tenant may not be served; of several the first is an example.
function pathOf(config: Config | null): string {
  const [tenant] = Object.keys(config?.['tenants'] ?? {});
  return tenant && config?.['access']?.['unnamed'] !== true ? `/t/${tenant}/` : '';
}

function lines(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
