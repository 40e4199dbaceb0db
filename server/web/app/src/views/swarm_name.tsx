// SPDX-License-Identifier: Apache-2.0
import type { Swarm } from '../api/types';
import { Link } from '../components/link';
import { shortHash } from '../format';

/// The name of its content where it has one, else its info hash.
export function swarmName(swarm: Pick<Swarm, 'info_hash' | 'name'>) {
  return (
    <Link to={`swarms/${swarm.info_hash}`} title={swarm.info_hash}>
      {swarm.name || <code>{shortHash(swarm.info_hash)}</code>}
    </Link>
  );
}
