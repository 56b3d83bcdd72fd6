/** Where a sign-in leads: the page that asked for it, if it is one of this console; else the overview. */
export function wayBack(search: string, origin: string): string {
  const to = new URLSearchParams(search).get('to');
  if (!to?.startsWith('/') || to.length > 2000) return '/';
  const url = URL.canParse(to, origin) ? new URL(to, origin) : undefined;
  if (url?.origin !== origin || /^\/(login|setup|api)(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The sign-in page that leads back to here. */
export const signInHref = ({ pathname, search }: { pathname: string; search: string }): string =>
  pathname === '/' && !search ? '/login' : `/login?to=${encodeURIComponent(`${pathname}${search}`)}`;
