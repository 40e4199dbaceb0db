// SPDX-License-Identifier: Apache-2.0
// One chart: lines over time by uPlot, under a legend of our own that follows the cursor.

import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Point } from '../state/samples';
import { useStore } from '../state/store';
import { shownTheme } from '../state/theme';
import { alignedData, axisTime } from './data';

export interface Line {
  name: string;
  label: string;
  colour: string;  // a CSS variable: "--series-1"
  area?: boolean;
}

interface Props {
  title: string;
  lines: Line[];
  points: Point[];
  from: number;
  until: number;
  format: (value: number) => string;
  /// Of bytes: the ticks are at whole KiB, MiB, GiB.
  binary?: boolean;
  note?: string;
}

const HEIGHT = 190;
const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function Chart(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const now = useRef(props);
  now.current = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const shown = useStore(shownTheme);
  const names = props.lines.map((line) => line.name).join();

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = new uPlot(
      optionsOf(now, element.clientWidth, setCursor),
      alignedData(now.current), element);
    plot.current = made;
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height: HEIGHT });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shown, names]);

  useEffect(() => {
    plot.current?.setData(alignedData(props), true);
  }, [props.points, props.from, props.until, shown, names]);

  const at = cursor === null ? props.points.length - 1 : cursor;
  return (
    <figure class="chart">
      <figcaption>
        <h3>{props.title}</h3>
        <ul class="legend">
          {props.lines.map((line) => (
            <li key={line.name}>
              <i class={`swatch ${line.colour.slice(2)}`} />
              {line.label} <b>{text(valueAt(props.points, at, line.name), props.format)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={host} class="plot" role="img" aria-label={summary(props)} />
      {props.note && <p class="chart-note">{props.note}</p>}
    </figure>
  );
}

function valueAt(points: Point[], index: number, name: string): number | undefined {
  // The newest point may be one of the store, which has not every figure.
  return points[index]?.values[name];
}

function text(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '–' : format(value);
}

function summary({ title, lines, points, format }: Props): string {
  const parts = lines.map(({ name, label }) => {
    const values = points.flatMap((point) => point.values[name] ?? []);
    if (!values.length) return `${label}: no data`;
    const last = values[values.length - 1] ?? 0;
    return `${label}: ${format(last)} now, ${format(Math.max(...values))} at most`;
  });
  return `${title}. ${parts.join('; ')}`;
}

function optionsOf(
  props: { current: Props },
  width: number,
  setCursor: (index: number | null) => void,
): uPlot.Options {
  const muted = colourOf('--text-muted');
  const grid = { stroke: colourOf('--grid'), width: 1 };
  const font = '11px system-ui, sans-serif';
  const axis = { stroke: muted, grid, ticks: { show: false }, font };
  return {
    width: Math.max(width, 100),
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { range: () => [props.current.from, props.current.until] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.12 : 1] },
    },
    axes: [
      { ...axis, size: 28, space: 70, values: (_, ticks) => axisTime(ticks) },
      { ...axis, size: 60, space: 34, ...(props.current.binary ? { incrs: BINARY_STEPS } : {}),
        values: (_, ticks) => ticks.map(props.current.format) },
    ],
    series: [{}, ...props.current.lines.map((line) => seriesOf(line))],
    hooks: {
      setCursor: [(chart) => setCursor(pointUnder(chart, props.current))],
    },
  };
}

function seriesOf(line: Line): uPlot.Series {
  const stroke = colourOf(line.colour);
  return {
    label: line.label,
    stroke,
    width: 1.75,
    points: { show: false },
    ...(line.area ? { fill: `${stroke}22` } : {}),
  };
}

/// The index in `points` (alignedData adds rows for gaps) of what the cursor is on.
function pointUnder(chart: uPlot, { points }: Props): number | null {
  const { idx, left } = chart.cursor;
  if (idx == null || left == null || left < 0) return null;
  const at = chart.data[0][idx];
  const index = points.findIndex((point) => point.at === at);
  return index < 0 ? null : index;
}
