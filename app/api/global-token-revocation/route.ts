import { serveRevocation } from '@/lib/logouts/serve';

/** Global Token Revocation: a bearer token of Braid, or one an identity provider signed; no operator's cookie counts. */
export const POST = (request: Request) => serveRevocation(request);
