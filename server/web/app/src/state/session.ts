// SPDX-License-Identifier: Apache-2.0
// The token of the admin API. It ends with the tab: a shared machine forgets it.

import { Store } from './store';

const KEY = 'waggle.token';

export interface Session {
  token: string;
  /// 'needed': the API wants one; 'wrong': it did not take this one.
  prompt: 'no' | 'needed' | 'wrong';
}

export const session = new Store<Session>({
  token: sessionStorage.getItem(KEY) ?? '',
  prompt: 'no',
});

/// The API answered 401 to a request that carried `used`.
export function refuseToken(used: string): void {
  if (used !== session.get().token) return;  // an old request: a new token is under way
  session.set({ token: used, prompt: used ? 'wrong' : 'needed' });
}

export function setToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  session.set({ token, prompt: 'no' });
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  session.set({ token: '', prompt: 'needed' });
}
