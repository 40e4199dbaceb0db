// SPDX-License-Identifier: Apache-2.0
// The sending end of a data channel. Control messages go at once; bulk waits for room, so that
// little is buffered: what is in the buffer can be neither stopped nor overtaken.

const LIMITS = {
  bufferedBytesMax: 512 * 1024,
  bufferedBytesLow: 128 * 1024,
};

export class Outbox {
  #channel;
  #wake = () => {};

  constructor(channel) {
    this.#channel = channel;
    channel.bufferedAmountLowThreshold = LIMITS.bufferedBytesLow;
    channel.addEventListener('bufferedamountlow', () => this.#wake());
    channel.addEventListener('close', () => this.#wake());
  }

  get open() {
    return this.#channel.readyState === 'open';
  }

  /// The peer is gone: whoever waits, waits in vain. A connection that this end closes tells its
  /// channels nothing (WebRTC section 4.4.2, close).
  stop() {
    this.#wake();
  }

  /// One JSON object.
  say(message) {
    this.#send(JSON.stringify(message));
  }

  /// One binary message. Only one caller at a time may wait here.
  ///
  /// @return false if the channel is closed.
  async bulk(bytes) {
    while (this.open && this.#channel.bufferedAmount > LIMITS.bufferedBytesMax) {
      await new Promise((wake) => {
        this.#wake = wake;
      });
    }
    return this.#send(bytes);
  }

  #send(message) {
    if (!this.open) return false;
    try {
      this.#channel.send(message);
      return true;
    } catch {
      return false;  // it has closed meanwhile
    }
  }
}
