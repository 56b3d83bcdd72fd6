import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { newId } from '@/lib/platform/ids';

/** Sets the content security policy's nonce and a request id. Never the authentication: every page, action and call checks for itself. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString('base64');
  const development = process.env.NODE_ENV === 'development';
  const policy = [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? ` 'unsafe-eval'` : ''}`,
    `style-src-elem 'self' 'nonce-${nonce}'`,
    `style-src-attr 'unsafe-inline'`, // values that components compute: widths, positions, Mantine's variables
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${development ? ' ws: wss:' : ''}`,
    `object-src 'none'`,
    `base-uri 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
  const headers = new Headers(request.headers);
  const requestId = newId();
  headers.set('x-nonce', nonce);
  headers.set('x-request-id', requestId);
  headers.set('x-page', `${request.nextUrl.pathname}${request.nextUrl.search}`); // where a sign-in leads back to
  headers.set('content-security-policy', policy); // where Next finds the nonce for its own scripts
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  response.headers.set('X-Request-ID', requestId);
  return response;
}

/** Pages and actions. Calls of /api set their own headers, and their bodies are not buffered here. */
export const config = { matcher: ['/((?!api/|_next/static/|_next/image/|favicon.ico$|icon.svg$).*)'] };
