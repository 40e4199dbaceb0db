// SPDX-License-Identifier: Apache-2.0
//
// A page that has the client from the server it talks to, which is of another origin.

const from = new URLSearchParams(location.search).get('from');
const { Waggle } = await import(`${from}/waggle.min.js`);

window.waggleTest = {
  async join(url) {
    const waggle = new Waggle(url);
    await waggle.join('elsewhere');
    return waggle.id;
  },
};
