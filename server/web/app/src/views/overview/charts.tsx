// SPDX-License-Identifier: Apache-2.0
import { Chart, type Line } from '../../charts/chart';
import { bytes, count, rate } from '../../format';
import type { Point } from '../../state/samples';

interface Props {
  points: Point[];
  from: number;
  until: number;
  /// Empty: the processor time of all of them is one line.
  cores: number[];
}

/// More lines than this are no picture: then their sum is one.
const CORES_MAX = 6;

export function Charts({ cores, ...time }: Props) {
  return (
    <div class="charts">
      <Chart {...time} title="Peers" format={count} lines={[
        { name: 'peers', label: 'Peers', colour: '--series-1', area: true },
        { name: 'seeders', label: 'With everything', colour: '--series-2' }]} />
      <Chart {...time} title="Connections and swarms" format={count} lines={[
        { name: 'connections', label: 'Connections', colour: '--series-3' },
        { name: 'swarms', label: 'Swarms', colour: '--series-4' }]} />
      <Chart {...time} title="Messages per second" format={rate} lines={[
        { name: 'messages_received', label: 'Received', colour: '--series-1' },
        { name: 'messages_sent', label: 'Sent', colour: '--series-3' }]} />
      <Chart {...time} title="Offers and answers per second" format={rate} lines={[
        { name: 'offers_relayed', label: 'Offers', colour: '--series-1' },
        { name: 'answers_relayed', label: 'Answers', colour: '--series-2' }]} />
      <Chart {...time} title="Traffic per second" format={bytes} binary lines={[
        { name: 'bytes_received', label: 'Received', colour: '--series-1' },
        { name: 'bytes_sent', label: 'Sent', colour: '--series-3' }]} />
      <Chart {...time} title={cores.length ? 'CPU per core' : 'CPU'} format={(value) => `${rate(value)} %`} lines={coreLines(cores)} />
      <Chart {...time} title="Memory" format={bytes} binary lines={[
        { name: 'memory_bytes', label: 'Resident', colour: '--series-4', area: true }]} />
      <Chart {...time} title="Shed per second" format={rate}
        note="What a server that cannot keep up leaves out first: offers and answers, never joins."
        lines={[{ name: 'deliveries_shed', label: 'Offers and answers', colour: '--series-5' }]} />
    </div>
  );
}

function coreLines(cores: number[]): Line[] {
  if (cores.length === 0 || cores.length > CORES_MAX) {
    return [{ name: 'cpu_percent', label: 'All cores', colour: '--series-1', area: true }];
  }
  return cores.map((core, i) => ({
    name: `core${core}`,
    label: `Core ${core}`,
    colour: `--series-${i + 1}`,
  }));
}
