// SPDX-License-Identifier: Apache-2.0
import { Badge } from './blocks';

/// Nothing where no tenant is named: a server without tenants does not speak of them.
export function TenantTag({ tenant }: { tenant: string }) {
  if (!tenant) return null;
  return <Badge><span class="unseen">Tenant </span>{tenant}</Badge>;
}
