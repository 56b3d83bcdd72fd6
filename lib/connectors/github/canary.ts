import { type Caller, type Client, type Reply, refusedBy } from '@/lib/connectors/github/client';
import { targetOf } from '@/lib/connectors/github/found-normalise';
import type { Config, Secrets } from '@/lib/connectors/github/manifest';
import { type HeldCanary, heldCanary, type Tried } from '@/lib/connectors/held-canary';
import { numberOf, objectOf, textOf } from '@/lib/sessions/loose-model';

const ROUTE = 'POST /app/installations/{installation_id}/access_tokens';

const saidBy = ({ data }: Reply): string => textOf(objectOf(data).message, 200) ?? '';

/** Asks for a token as the app itself would. Refused: suspended, or no longer installed; a key GitHub does not know says neither. */
export async function mint(app: Caller, installation: number): Promise<Tried> {
  const reply = await app.send(ROUTE, { installation_id: installation, permissions: { metadata: 'read' } });
  const saw = `${reply.status} ${saidBy(reply)}`.trim();
  const token = textOf(objectOf(reply.data).token, 500);
  if (reply.status === 201 && token) return { verdict: 'accepted', saw: 'token made', token, until: null };
  const refused = reply.status === 404 || (reply.status === 403 && /suspended/i.test(saw));
  return { verdict: refused ? 'refused' : 'unclear', saw };
}

/** The canary is an installation: its app's key makes tokens, and GitHub asks about the installation with every use of one. */
export function canaryOf(client: Client, config: Config, secrets: Secrets): HeldCanary {
  const target = targetOf(config.canary ?? '');
  const installation = target?.kind === 'app' ? target.installation : 0;
  const own = async (): Promise<Caller | null> => {
    const raw = await client.organization.all('GET /orgs/{org}/installations', { org: config.organization });
    const app = numberOf(raw.map(objectOf).find((one) => one.id === installation)?.app_id);
    return app === null ? null : (client.appOf(`${app}`) ?? null);
  };
  return heldCanary({
    id: config.canary,
    held: installation > 0 && Object.keys(secrets.appKeys).length > 0,
    async enter() {
      const app = await own();
      if (!app) return { verdict: 'unclear', saw: 'not installed, or the key of its app is not held' };
      return mint(app, installation);
    },
    async serves(token) {
      const reply = await client.bearer(token).send('GET /installation/repositories', { per_page: 1 });
      if (reply.status === 200) return { served: true, saw: '200' };
      if (reply.status === 401 || (reply.status === 403 && /suspended/i.test(saidBy(reply))))
        return { served: false, saw: `${reply.status} ${saidBy(reply)}` };
      throw refusedBy('GET /installation/repositories', reply);
    },
    async drop(token) {
      await client.bearer(token).send('DELETE /installation/token');
    },
  });
}
