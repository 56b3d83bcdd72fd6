// The only file that knows next-auth. Its JWT carries an operator session's id and nothing else; who acts, and whether
// they still may, is read from that session's row on every page, action and call.
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import NextAuth, { type AuthOptions } from 'next-auth';
import { decode } from 'next-auth/jwt';
import CredentialsProvider from 'next-auth/providers/credentials';
import { cache } from 'react';
import { findOperatorSession, type OperatorSessionCtx } from '@/lib/access/find-operator-session';
import { SESSION_HOURS, signIn } from '@/lib/access/sign-in';
import { signOut } from '@/lib/access/sign-out';
import { clientAddress } from '@/lib/http/client-address';
import { env } from '@/lib/platform/env';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { deriveKey } from '@/lib/platform/secrets';

const secure = (): boolean => env().BRAID_URL.startsWith('https:');
const cookieName = (): string => (secure() ? '__Host-braid.session' : 'braid.session');
const secret = (): string => deriveKey('console.cookie');
const maxAge = SESSION_HOURS * 3600;

/** What next-auth gives its callbacks as "user" is the operator session's id. */
const options = (): AuthOptions => ({
  secret: secret(),
  session: { strategy: 'jwt', maxAge },
  pages: { signIn: '/login', error: '/login', signOut: '/login' },
  cookies: {
    sessionToken: {
      name: cookieName(),
      options: { httpOnly: true, sameSite: 'lax', path: '/', secure: secure() },
    },
  },
  providers: [
    CredentialsProvider({
      credentials: { email: {}, password: {} },
      authorize: async (typed, request) => {
        try {
          const read = new Headers(request.headers as Record<string, string>);
          const input = { email: typed?.email ?? '', password: typed?.password ?? '' };
          const userAgent = read.get('user-agent') ?? undefined;
          return { id: await signIn({ input, ip: clientAddress(read), userAgent }) };
        } catch (error) {
          const known = toBraidError(error);
          if (known.code === 'internal') log.error({ err: error }, 'sign-in failed');
          throw new Error(known.publicMessage);
        }
      },
    }),
  ],
  callbacks: {
    jwt: ({ token, user }) => ({ sid: user ? user.id : token.sid }),
    session: ({ session }) => ({ expires: session.expires }),
  },
  events: { signOut: ({ token }) => signOut(String(token?.sid ?? '')) },
  logger: {
    error: (code) => code !== 'CALLBACK_CREDENTIALS_HANDLER_ERROR' && log.warn({ code }, 'next-auth'),
    warn: () => undefined,
    debug: () => undefined,
  },
});

/** Route handler of /api/auth/*. */
export async function handleAuth(request: Request, context: { params: Promise<{ nextauth: string[] }> }) {
  process.env.NEXTAUTH_URL = env().BRAID_URL;
  const handler = NextAuth(options()) as (request: Request, context: unknown) => Promise<Response>;
  return handler(request, context);
}

const SESSION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function fromCookie(value: string | undefined): Promise<OperatorSessionCtx | undefined> {
  if (!value || value.length > 4096) return undefined;
  const token = await decode({ token: value, secret: secret() }).catch(() => null);
  const id = token?.sid;
  return typeof id === 'string' && SESSION_ID.test(id) ? findOperatorSession(id) : undefined;
}

/** Who is signed in, for a server component or action; undefined when nobody is. Read once per request. */
export const operatorIfAny = cache(async (): Promise<OperatorSessionCtx | undefined> => {
  const [jar, read] = await Promise.all([cookies(), headers()]);
  const ctx = await fromCookie(jar.get(cookieName())?.value);
  return ctx && { ...ctx, requestId: read.get('x-request-id') ?? undefined, ip: clientAddress(read) };
});

/** Who is signed in, for a page. Goes to the login page when nobody is; that leads back to the page. */
export async function currentOperator(): Promise<OperatorSessionCtx> {
  const ctx = await operatorIfAny();
  if (ctx) return ctx;
  const page = (await headers()).get('x-page') ?? '/';
  redirect(page === '/' ? '/login' : `/login?to=${encodeURIComponent(page)}`);
}

/** Who is signed in, from a request's own cookie. */
export async function operatorOfRequest(request: Request): Promise<OperatorSessionCtx | undefined> {
  const prefix = `${cookieName()}=`;
  const found = (request.headers.get('cookie') ?? '').split('; ').find((part) => part.startsWith(prefix));
  return fromCookie(found?.slice(prefix.length));
}

/** Ends the present operator session and forgets its cookie. For a server action. */
export async function endCurrentSession(): Promise<void> {
  const ctx = await operatorIfAny();
  if (ctx) await signOut(ctx.sessionId);
  (await cookies()).delete({ name: cookieName(), path: '/', secure: secure() });
}
