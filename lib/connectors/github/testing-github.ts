import { createHash, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { decodeJwt } from 'jose';
import { type Answered, type Asked, type Double, startDouble } from '@/lib/connectors/testing-double';
import { sampler } from '@/lib/connectors/testing-sample';

// GitHub as its own description of Enterprise Cloud has it. What is kept: installations and the tokens they make, grants,
// deploy keys, authorizations, tokens of people, the audit log; a revoked grant or token goes after a while, as GitHub's do.

export const pemOf = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;

export interface GitHubWorld {
  double: Double;
  /** Milliseconds that a revocation waits in GitHub's queue. */
  queueMs: number;
  installations: Map<number, { id: number; app: number; slug: string; suspended: string | null; all: boolean }>;
  grants: Map<number, { id: number; login: string; name: string; ssh: boolean }>;
  keys: Map<number, { id: number; title: string; key: string; readOnly: boolean }>;
  authorizations: Map<number, { id: number; login: string; title: string }>;
  tokens: Set<string>;
  events: Record<string, unknown>[];
  /** Answers every call of an installation with this, once set. */
  limited: Record<string, string> | null;
  /** Makes a token as the app would. null: refused. */
  mint(app: number): string | null;
  /** Is this installation token served? */
  serves(token: string): boolean;
  log(action: string): void;
}

export const ORG = 'acme';
const REPO = { owner: ORG, name: 'api', full_name: `${ORG}/api` };

const descriptionOf = (): object =>
  JSON.parse(
    fs.readFileSync(createRequire(import.meta.url).resolve('@octokit/openapi/generated/ghec.json'), 'utf8'),
  ) as object;

const PERMISSIONS = {
  organization_personal_access_tokens: 'write',
  organization_administration: 'write',
  administration: 'write',
  metadata: 'read',
};

type Answers = Record<string, (asked: Asked) => Answered>;
type Installation = { id: number; app: number; slug: string; suspended: string | null; all: boolean };

interface Kit {
  world: GitHubWorld;
  apps: Record<number, string>;
  minted: Map<string, number>;
  schema(name: string, over: Record<string, unknown>): Record<string, unknown>;
  later(work: () => void): void;
  mintFor(id: number): string;
}

const bearer = (asked: Asked) => /^(?:bearer|token) (.+)$/i.exec(asked.headers.authorization ?? '')?.[1] ?? null;

function pages(asked: Asked, items: unknown[]) {
  const size = Number(asked.query.get('per_page') ?? 30);
  const page = Number(asked.query.get('page') ?? 1);
  return items.slice((page - 1) * size, page * size);
}

const notFound = ({ schema }: Kit): Answered => ({
  status: 404,
  body: schema('basic-error', { message: 'Not Found' }),
});

const installationBody = ({ schema }: Kit, one: Installation) =>
  schema('installation', {
    id: one.id,
    app_id: one.app,
    app_slug: one.slug,
    account: null,
    events: [],
    permissions: PERMISSIONS,
    suspended_at: one.suspended,
    suspended_by: null,
    repository_selection: one.all ? 'all' : 'selected',
  });

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

function keyAnswers({ world, schema }: Kit): Answers {
  return {
    'GET /installation/repositories': () => ({
      status: 200,
      body: {
        total_count: 1,
        repositories: [schema('repository', { ...REPO, owner: schema('simple-user', { login: ORG }) })],
      },
    }),
    'GET /repos/{owner}/{repo}/keys': (asked) => ({
      status: 200,
      body: pages(
        asked,
        [...world.keys.values()].map((one) =>
          schema('deploy-key', { id: one.id, title: one.title, key: one.key, read_only: one.readOnly, verified: true }),
        ),
      ),
    }),
    'DELETE /repos/{owner}/{repo}/keys/{key_id}': (asked) => {
      world.keys.delete(Number(asked.params.key_id));
      return { status: 204 };
    },
    'POST /repos/{owner}/{repo}/keys': (asked) => {
      const { title, key, read_only } = asked.body as { title: string; key: string; read_only: boolean };
      const id = 9_000 + world.keys.size;
      world.keys.set(id, { id, title, key, readOnly: read_only });
      return { status: 201, body: schema('deploy-key', { id, title, key, read_only }) };
    },
  };
}

function credentialAnswers(kit: Kit): Answers {
  const { world, schema, later } = kit;
  const missing = notFound(kit);
  return {
    'GET /orgs/{org}/credential-authorizations': (asked) => ({
      status: 200,
      body: pages(
        asked,
        [...world.authorizations.values()].map((one) =>
          schema('credential-authorization', {
            login: one.login,
            credential_id: one.id,
            credential_type: 'personal access token',
            authorized_credential_title: one.title,
          }),
        ),
      ),
    }),
    'DELETE /orgs/{org}/credential-authorizations/{credential_id}': (asked) =>
      world.authorizations.delete(Number(asked.params.credential_id)) ? { status: 204 } : missing,
    'POST /credentials/revoke': (asked) => {
      for (const token of (asked.body as { credentials: string[] }).credentials)
        later(() => world.tokens.delete(token));
      return { status: 202, body: {} };
    },
    'GET /user': (asked) =>
      world.tokens.has(bearer(asked) ?? '')
        ? { status: 200, body: schema('public-user', { login: 'someone' }) }
        : { status: 401, body: schema('basic-error', { message: 'Bad credentials' }) },
  };
}

function worldOf(minted: Map<string, number>, mintFor: (id: number) => string): GitHubWorld {
  const world: GitHubWorld = {
    double: undefined as unknown as Double,
    queueMs: 150,
    installations: new Map(),
    grants: new Map(),
    keys: new Map(),
    authorizations: new Map(),
    tokens: new Set(),
    events: [],
    limited: null,
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
  const later = (work: () => void) => void setTimeout(work, world.queueMs).unref();
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
      return world.serves(bearer(asked) ?? '') ? undefined : { status: 401, body: { message: 'Bad credentials' } };
    },
  });
  return world;
}
