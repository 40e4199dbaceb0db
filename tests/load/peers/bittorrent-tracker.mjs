// SPDX-License-Identifier: Apache-2.0
// bittorrent-tracker's server as its documentation starts it, WebSocket only, for compare.py: on a
// port that the system chooses, with the ready line that Waggle prints.
import Server from 'bittorrent-tracker/server'

const server = new Server({ http: false, udp: false, ws: true, trustProxy: false })
server.on('error', error => { throw error })
server.on('warning', () => {})
server.listen(0, '127.0.0.1', () => {
  console.log(`ready client=ws://127.0.0.1:${server.ws.address().port}`)
})
process.on('SIGTERM', () => process.exit(0))
