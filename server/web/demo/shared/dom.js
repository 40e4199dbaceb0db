// SPDX-License-Identifier: Apache-2.0
// The little that the pages need to build and change elements. Text is never taken for markup.

export const find = (selector) => document.querySelector(selector);

/// The element of a test hook: there is one name for what is shown, in tests as here.
export const hook = (name) => find(`[data-test="${name}"]`);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/// Leaves what is right already alone: screen readers and selections stay where they are.
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function show(target, shown = true) {
  target.hidden = !shown;
}
