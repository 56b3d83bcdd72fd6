import { createHash, generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { credentialAnswers, keyAnswers } from '@/lib/connectors/github/testing-credentials';
import {
  type Answers,
  bearer,
  descriptionOf,
  type GitHubWorld,
  type Installation,
  installationBody,
  type Kit,
  notFound,
  ORG,
  PERMISSIONS,
  pages,
} from '@/lib/connectors/github/testing-organization';
import { type Asked, type Double, startDouble } from '@/lib/connectors/testing-double';
import { sampler } from '@/lib/connectors/testing-sample';

// GitHub as its own description of Enterprise Cloud has it. What is kept: installations and the tokens they make, grants,
// deploy keys, authorizations, tokens of people, the audit log; a revoked grant or token goes after a while, as GitHub's do.

export const pemOf = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;

/** What an app does as itself: a JWT says which app, and installations of others are not its to see. */
function appAnswers(kit: Kit): Answers {
  const { world, apps, schema, mintFor } = kit;
  const missing = notFound(kit);
  const installation = (one: Installation) => installationBody(kit, one);
  const appOf = (asked: Asked): number | null => {
    const token = bearer(asked);
    const issuer = token?.startsWith('eyJ') ? Number(decodeJwt(token).iss) : Number.NaN;
    return apps[issuer] ? issuer : null;
  };
  const mine = (asked: Asked) => {
    const found = world.installations.get(Number(asked.params.installation_id));
    return found && found.app === appOf(asked) ? found : undefined;
  };
  return {
    'GET /app': (asked) => ({
      status: 200,
      body: schema('integration', { id: appOf(asked), permissions: PERMISSIONS }),
    }),
    'GET /orgs/{org}/installation': (asked) => {
      const found = [...world.installations.values()].find((one) => one.app === appOf(asked));
      return found && asked.params.org === ORG ? { status: 200, body: installation(found) } : missing;
    },
    'GET /app/installations/{installation_id}': (asked) => {
      const found = mine(asked);
      return found ? { status: 200, body: installation(found) } : missing;
    },
    'POST /app/installations/{installation_id}/access_tokens': (asked) => {
      const found = mine(asked);
      if (!found) return missing;
      if (world.brokenMint)
        return { status: world.brokenMint, body: schema('validation-error', { message: 'Unprocessable' }) };
      if (found.suspended)
        return { status: 403, body: schema('basic-error', { message: 'This installation has been suspended' }) };
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      return { status: 201, body: schema('installation-token', { token: mintFor(found.id), expires_at }) };
    },
    'PUT /app/installations/{installation_id}/suspended': (asked) => {
      const found = mine(asked);
      if (!found) return missing;
      found.suspended ??= new Date().toISOString();
      world.log('integration_installation.suspend');
      return { status: 204 };
    },
    'DELETE /app/installations/{installation_id}/suspended': (asked) => {
      const found = mine(asked);
      if (!found) return missing;
      found.suspended = null;
      world.log('integration_installation.unsuspend');
      return { status: 204 };
    },
  };
}

function organizationAnswers(kit: Kit): Answers {
  const { world, schema, later } = kit;
  const installation = (one: Installation) => installationBody(kit, one);
  return {
    'GET /orgs/{org}/installations': (asked) => {
      const all = [...world.installations.values()].map(installation);
      return { status: 200, body: { total_count: all.length, installations: pages(asked, all) } };
    },
    'GET /orgs/{org}/personal-access-tokens': (asked) => ({
      status: 200,
      body: pages(
        asked,
        [...world.grants.values()].map((one) =>
          schema('organization-programmatic-access-grant', {
            id: one.id,
            owner: schema('simple-user', { login: one.login }),
            token_id: one.id * 10,
            token_name: one.name,
            token_expired: false,
            permissions: { repository: { contents: 'read' }, other: one.ssh ? { git_ssh_keys: 'write' } : {} },
          }),
        ),
      ),
    }),
    'POST /orgs/{org}/personal-access-tokens': (asked) => {
      for (const id of (asked.body as { pat_ids: number[] }).pat_ids) later(() => world.grants.delete(id));
      return { status: 202, body: {} };
    },
    'GET /orgs/{org}/audit-log': (asked) => {
      const from = Date.parse(/created:>=(\S+)/.exec(asked.query.get('phrase') ?? '')?.[1] ?? '1970-01-01T00:00:00Z');
      const all = world.events.filter((one) => Number(one['@timestamp']) >= from);
      const start = Number(asked.query.get('after') ?? 0);
      const end = start + Number(asked.query.get('per_page') ?? 30);
      const url = `${world.double.url}/orgs/${ORG}/audit-log?after=${end}`;
      return {
        status: 200,
        body: all.slice(start, end),
        ...(end < all.length ? { headers: { link: `<${url}>; rel="next"` } } : {}),
      };
    },
  };
}

function worldOf(minted: Map<string, number>, mintFor: (id: number) => string): GitHubWorld {
  const world: GitHubWorld = {
    double: undefined as unknown as Double,
    queue: [],
    installations: new Map(),
    grants: new Map(),
    keys: new Map(),
    authorizations: new Map(),
    tokens: new Set(),
    events: [],
    limited: null,
    allows: null,
    withoutSignOn: false,
    brokenMint: null,
    mint(app) {
      const found = [...world.installations.values()].find((one) => one.app === app);
      if (!found || found.suspended) return null;
      world.log('integration_installation.token');
      return mintFor(found.id);
    },
    serves: (token) => world.installations.get(minted.get(token) ?? -1)?.suspended === null,
    log: (action) => {
      const now = Date.now();
      const id = `doc-${world.events.length}`;
      world.events.push({ '@timestamp': now, created_at: now, action, actor: 'ci-bot', org: ORG, _document_id: id });
    },
  };
  return world;
}

/** `apps`: private keys by app id. */
export async function startGitHub(apps: Record<number, string>): Promise<GitHubWorld> {
  const description = descriptionOf();
  const sample = sampler(description);
  const minted = new Map<string, number>();
  const mintFor = (id: number): string => {
    const token = `ghs_${createHash('sha256').update(`${id}:${minted.size}`).digest('hex').slice(0, 36)}`;
    minted.set(token, id);
    return token;
  };
  const world = worldOf(minted, mintFor);
  const schema: Kit['schema'] = (name, over) => sample(`#/components/schemas/${name}`, over);
  const later = (work: () => void) => void world.queue.push(work);
  const kit: Kit = { world, apps, minted, schema, later, mintFor };
  world.double = await startDouble({
    description,
    answers: { ...appAnswers(kit), ...organizationAnswers(kit), ...keyAnswers(kit), ...credentialAnswers(kit) },
    guard: (asked, key) => {
      if (key === 'POST /credentials/revoke') {
        const known = bearer(asked) !== null; // authenticated callers are refused
        return known
          ? { status: 422, body: schema('validation-error-simple', { message: 'must not authenticate' }) }
          : undefined;
      }
      if (key === 'GET /user' || key.includes('/app') || key === 'GET /orgs/{org}/installation') return undefined;
      if (world.limited) return { status: 403, body: { message: 'API rate limit exceeded' }, headers: world.limited };
      // One of a page is asked for to see whether it may be, and is no look at the listing.
      const page = Number(asked.query.get('per_page')) > 1 ? asked.query.get('page') : null;
      if (page && world.allows?.(`${key.split('/').at(-1)} ${page}`) === false) {
        const headers = { 'retry-after': '600' };
        return { status: 403, body: { message: 'You have exceeded a secondary rate limit' }, headers };
      }
      const token = bearer(asked) ?? '';
      if (world.serves(token)) return undefined;
      const suspended = world.installations.get(minted.get(token) ?? -1)?.suspended;
      return suspended
        ? { status: 403, body: { message: 'This installation has been suspended' } }
        : { status: 401, body: { message: 'Bad credentials' } };
    },
  });
  return world;
}
