// SPDX-License-Identifier: Apache-2.0
// How long a segment may be waited for before it has to come from the server. Playback never waits
// for peers: what may be spent is what is buffered beyond a reserve. Pure.

const LIMITS = {
  reserveSeconds: 3,     // of buffer that peers never cost
  transferMsMax: 4_000,  // for a segment from a peer
  firstByteMsMax: 1_500,
  youngMs: 6_000,        // since the page began: peers may be on their way
  lookMsMax: 2_500,      // for one that has the segment
  calmSeconds: 8,        // of buffer: others may be about to have it
};

/// How long a peer may take.
export function transferMs(bufferedSeconds) {
  const totalMs = Math.min(spareMs(bufferedSeconds), LIMITS.transferMsMax);
  return { totalMs, firstByteMs: Math.min(totalMs, LIMITS.firstByteMsMax) };
}

/// How long to look out for a peer that has the segment, where none has it yet.
///
/// @param alone    as far as the server knows, nobody else is in the swarm.
/// @param peers    how many there are.
/// @param ageMs    since the page began.
export function lookMs({ bufferedSeconds, alone, peers, ageMs, random = Math.random }) {
  const mostMs = Math.min(spareMs(bufferedSeconds), LIMITS.lookMsMax);
  if (peers === 0) return alone || ageMs > LIMITS.youngMs ? 0 : mostMs;
  // Of viewers at the same place one should ask the server, and the others that one.
  return bufferedSeconds > LIMITS.calmSeconds ? random() * mostMs : 0;
}

const spareMs = (bufferedSeconds) => 1000 * Math.max(0, bufferedSeconds - LIMITS.reserveSeconds);
