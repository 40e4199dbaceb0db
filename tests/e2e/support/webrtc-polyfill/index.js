// SPDX-License-Identifier: Apache-2.0
//
// The node client of bittorrent-tracker imports a native WebRTC stack that must be downloaded at
// install time. The tests replace its peers (../tracker-client.mjs), so only the names must exist.

class Unavailable {
  constructor() {
    throw new Error('no WebRTC in node: the tests use fake peers, or a browser');
  }
}

export { Unavailable as RTCPeerConnection };
export { Unavailable as RTCSessionDescription };
export { Unavailable as RTCIceCandidate };
export default {
  RTCPeerConnection: Unavailable,
  RTCSessionDescription: Unavailable,
  RTCIceCandidate: Unavailable,
};
