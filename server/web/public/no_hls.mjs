// SPDX-License-Identifier: Apache-2.0
// In place of hls.js where the server was built without npm.
throw new Error('hls.js is not part of this server: it was built without npm');
