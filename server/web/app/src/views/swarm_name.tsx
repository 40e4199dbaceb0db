// SPDX-License-Identifier: Apache-2.0
import type { Swarm } from '../api/types';
import { Link } from '../components/link';
import { TenantTag } from '../components/tenant_tag';
import { shortHash } from '../format';

/// The name of its content where it has one, with its info hash beneath; else the info hash alone.
export function swarmName({ id, info_hash: hash, name, tenant }: Pick<Swarm, 'id' | 'info_hash' | 'name' | 'tenant'>) {
  const digits = <code>{shortHash(hash)}</code>;
  return (
    <div class="swarm-name">
      <span class="tagged">
        <Link to={`swarms/${id}`} title={hash}>{name || digits}</Link>
        <TenantTag tenant={tenant} />
      </span>
      {name && <small class="muted">{digits}</small>}
    </div>
  );
}
