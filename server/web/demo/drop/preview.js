// SPDX-License-Identifier: Apache-2.0
// A look at what came. Nothing of it may run: pictures are data URLs of an <img>, sound and film
// Blobs of a player, all else is text or not shown.

import { element, hook, show } from '../shared/dom.js';

const LIMITS = {
  imageBytes: 16 * 1024 * 1024,
  textBytes: 32 * 1024,
};

const TEXT = /^(text\/|application\/(json|xml|javascript|x-sh|yaml))/;

export async function showPreview(manifest, store) {
  const { type, name } = manifest;
  const shown = await preview(type, name, store);
  if (!shown) return;
  hook('preview').append(shown);
  show(hook('preview'));
}

async function preview(type, name, store) {
  if (type.startsWith('image/')) {
    const blob = store.whole(type);
    if (blob.size > LIMITS.imageBytes) return null;
    const image = element('img', { alt: name, src: await dataUrl(blob) });
    return image.decode().then(() => image, () => null);
  }
  if (type.startsWith('video/') || type.startsWith('audio/')) {
    const source = URL.createObjectURL(store.whole(type));
    const attributes = { controls: '', playsinline: '', preload: 'metadata', src: source };
    return element(type.slice(0, 5), attributes);
  }
  if (TEXT.test(type)) {
    const start = await store.whole().slice(0, LIMITS.textBytes).text();
    return element('pre', { tabindex: '0' }, start);
  }
  return null;
}

const dataUrl = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
});
