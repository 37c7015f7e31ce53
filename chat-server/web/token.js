const TOKEN = 'chat.token';

/** Whether whoever uses this page has a token, or a way to one. */
export function hasToken() {
  return canRenew() || sessionStorage.getItem(TOKEN) !== null;
}

/** Whether a token that was refused can be had anew: `globalThis.chatToken`, a function of the site around this page. */
export function canRenew() {
  return typeof globalThis.chatToken === 'function';
}

/** The token to connect with, asked for anew each time where that can be; undefined without one. */
export async function currentToken() {
  const token = canRenew() ? await globalThis.chatToken() : sessionStorage.getItem(TOKEN);
  return token ?? undefined;
}

/** Takes the token out of the address (`#token=…`), so that nobody copies it along with the address; answers whether there was one. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return false;
  sessionStorage.setItem(TOKEN, token);
  history.replaceState(history.state, '', location.pathname + location.search);
  return true;
}
