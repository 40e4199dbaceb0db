// SPDX-License-Identifier: Apache-2.0
//
// Tokens as a content provider's web server makes them: a JWT (RFC 7519) signed with HS256.

import { createHmac } from 'node:crypto';

const LASTS_SECONDS = 600;

/// @param claims  beside `exp`.
export function signedToken(claims, secret) {
  const exp = Math.floor(Date.now() / 1000) + LASTS_SECONDS;
  const text = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ exp, ...claims })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
