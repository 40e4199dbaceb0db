// SPDX-License-Identifier: Apache-2.0
// Which pieces are here: a strip, from the beginning of the file to its end.

export class PieceMap {
  #canvas;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /// @param level  of a piece: 1 here, 0.5 asked for, 0 neither.
  draw(pieces, level) {
    const canvas = this.#canvas;
    const scale = devicePixelRatio || 1;
    const width = canvas.width = Math.round(canvas.clientWidth * scale);
    const height = canvas.height = Math.round(canvas.clientHeight * scale);
    const paint = canvas.getContext('2d');
    const { color } = getComputedStyle(canvas);
    paint.fillStyle = color;
    // Columns of pixels, or pieces where they are wider.
    const columns = Math.min(width, pieces);
    let here = 0;
    for (let column = 0; column < columns; ++column) {
      const first = Math.floor((column * pieces) / columns);
      const end = Math.max(first + 1, Math.floor(((column + 1) * pieces) / columns));
      let sum = 0;
      for (let piece = first; piece < end; ++piece) {
        sum += level(piece);
        here += level(piece) === 1;
      }
      if (!sum) continue;
      paint.globalAlpha = 0.15 + 0.85 * (sum / (end - first)) ** 2;
      const from = Math.floor((column * width) / columns);
      const to = Math.floor(((column + 1) * width) / columns);
      paint.fillRect(from, 0, to - from, height);
    }
    canvas.setAttribute('aria-label', `${here} of ${pieces} pieces are here`);
  }
}
