// SPDX-License-Identifier: Apache-2.0
//
// The server's end of WebSockets that exist in memory only: a test opens them, reads what the
// client said, answers and closes.

export class FakeServer {
  sockets = [];

  constructor() {
    const { sockets } = this;
    this.WebSocket = class FakeWebSocket {
      readyState = 0;
      sent = [];           // messages of the client, parsed
      closedWith = null;   // the code that the client closed with

      constructor(url, protocols) {
        Object.assign(this, { url, protocols });
        sockets.push(this);
      }

      send(text) {
        if (this.readyState !== 1) throw new Error('the socket is not open');
        this.sent.push(JSON.parse(text));
      }

      close(code) {
        this.readyState = 3;
        this.closedWith = code;
      }

      // The server's part.

      open() {
        this.readyState = 1;
        this.onopen({});
        return this;
      }

      say(...messages) {
        for (const message of messages) {
          this.onmessage({ data: typeof message === 'string' ? message : JSON.stringify(message) });
        }
        return this;
      }

      end(code = 1006, reason = '') {
        this.readyState = 3;
        this.onclose({ code, reason });
      }

      /// The messages of one kind.
      of(t) {
        return this.sent.filter((message) => message.t === t);
      }

      /// What was said since the last call.
      fresh() {
        return this.sent.splice(0);
      }
    };
  }

  /// The newest one.
  get socket() {
    return this.sockets.at(-1);
  }
}
