import { serveLogout } from '@/lib/logouts/serve';

/** OpenID Connect Back-Channel Logout: the logout token is the proof, no operator's cookie counts. */
export const POST = (request: Request) => serveLogout(request);
