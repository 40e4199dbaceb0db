// SPDX-License-Identifier: Apache-2.0
// Which piece to ask for next: a rare one first, so that none is lost with the peer that leaves, and
// among those that are equally rare any, so that peers soon have something to swap. Pure.

/// @param wanted        of a piece: may it be asked for?
/// @param availability  of each piece: how many neighbours have it.
/// @param has           of a piece: 1 if the neighbour that is asked has it.
/// @return the piece, or -1.
export function pickRarest({ pieces, wanted, availability, has, random = Math.random }) {
  let best = -1;
  let rarest = Infinity;
  let ties = 0;
  for (let piece = 0; piece < pieces; ++piece) {
    if (!has[piece] || availability[piece] > rarest || !wanted(piece)) continue;
    if (availability[piece] < rarest) {
      rarest = availability[piece];
      ties = 0;
    }
    // Each of n equals is kept with a chance of 1/n.
    if (random() * ++ties < 1) best = piece;
  }
  return best;
}
