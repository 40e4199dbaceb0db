// SPDX-License-Identifier: Apache-2.0
// Nobody has ever come: how to change that.

import { useResource } from '../../api/resource';
import type { Config } from '../../api/types';
import { Card } from '../../components/blocks';
import { Snippet } from '../../components/copy';
import { trackerUrl } from './tracker_url';

export function Newcomer() {
  const { data } = useResource<Config>('config');
  const url = trackerUrl(data, location.hostname);
  return (
    <Card title="Nobody has come yet" class="newcomer">
      <p>
        Give your pages this server as their tracker. Browsers that load the same file, or watch the same video,
        then find each other here and exchange the rest among themselves.
      </p>
      <h3>WebTorrent</h3>
      <Snippet what="code for WebTorrent" text={`client.seed(file, { announce: ['${url}'] })`} />
      <h3>p2p-media-loader with hls.js</h3>
      <Snippet what="code for p2p-media-loader" text={`new HlsWithP2P({ p2p: { core: { announceTrackers: ['${url}'] } } })`} />
      <h3>Does it work from outside?</h3>
      <Snippet what="command of the doctor" text={`waggle doctor ${url}`} />
    </Card>
  );
}
