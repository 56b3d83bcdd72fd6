import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { googleDescription } from '@/lib/connectors/google/testing-description';
import { type Answered, type Asked, type Double, startDouble } from '@/lib/connectors/testing-double';

// A Google Cloud project as the discovery documents have it: service accounts, their keys, policies, audit logs. The token
// endpoints (RFC 7523, RFC 8693) stand beside them, by hand.

export const PROJECT = 'acme-prod';
export const emailOf = (name: string): string => `${name}@${PROJECT}.iam.gserviceaccount.com`;

export interface GoogleWorld {
  double: Double;
  credential: string;
  accounts: Map<string, { email: string; disabled: boolean }>;
  keys: Map<
    string,
    { id: string; email: string; disabled: boolean; system: boolean; madeAt?: string; public?: KeyObject }
  >;
  /** Tokens made with keys of these: until when each lives, whatever becomes of its key. */
  tokens: Map<string, number>;
  /** Answers every request for a token with this status, once set. */
  tokenDown: number | null;
  /** Bindings of a service account’s own policy, by e-mail, and of the project. */
  policies: Map<string, { role: string; members: string[] }[]>;
  permissions: Set<string>;
  entries: Record<string, unknown>[];
  limited: boolean;
  subjects: string[];
  /** Makes a key of this service account: its id, and its file as Google gives it out. */
  makeKey(email: string, id: string): string;
  /** A token made with a key, or by the metadata server. null: refused. */
  mint(email: string, key?: string): string | null;
}

type Answers = Record<string, (asked: Asked) => Answered>;

const error = (code: number, status: string): Answered => ({
  status: code,
  body: { error: { code, status, message: status } },
});
const missing = error(404, 'NOT_FOUND');

function accountAnswers(world: GoogleWorld): Answers {
  const account = (one: { email: string; disabled: boolean }) => ({
    name: `projects/${PROJECT}/serviceAccounts/${one.email}`,
    email: one.email,
    projectId: PROJECT,
    uniqueId: '1234567890',
    ...(one.disabled ? { disabled: true } : {}),
  });
  const key = (one: { id: string; email: string; disabled: boolean; system: boolean; madeAt?: string }) => ({
    name: `projects/${PROJECT}/serviceAccounts/${one.email}/keys/${one.id}`,
    validAfterTime: one.madeAt ?? '2026-01-02T03:04:05Z',
    validBeforeTime: '9999-12-31T23:59:59Z',
    keyAlgorithm: 'KEY_ALG_RSA_2048',
    keyOrigin: 'GOOGLE_PROVIDED',
    keyType: one.system ? 'SYSTEM_MANAGED' : 'USER_MANAGED',
    ...(one.disabled ? { disabled: true } : {}),
  });
  const account404 = (asked: Asked) => world.accounts.get(asked.params.serviceAccountsId!);
  const key404 = (asked: Asked) => {
    const found = world.keys.get(asked.params.keysId!);
    return found?.email === asked.params.serviceAccountsId ? found : undefined;
  };
  const turn =
    <T extends { disabled: boolean }>(find: (asked: Asked) => T | undefined, disabled: boolean, method: string) =>
    (asked: Asked): Answered => {
      const found = find(asked);
      if (!found) return missing;
      found.disabled = disabled;
      logged(world, method, asked.params.serviceAccountsId!);
      return { status: 200, body: {} };
    };
  const base = '/v1/projects/{projectsId}/serviceAccounts';
  return {
    [`GET ${base}`]: (asked) => {
      const all = [...world.accounts.values()].map(account);
      const from = Number(asked.query.get('pageToken') ?? 0);
      const next = from + 2 < all.length ? { nextPageToken: `${from + 2}` } : {};
      return { status: 200, body: { accounts: all.slice(from, from + 2), ...next } };
    },
    [`GET ${base}/{serviceAccountsId}`]: (asked) =>
      account404(asked) ? { status: 200, body: account(account404(asked)!) } : missing,
    [`POST ${base}/{serviceAccountsId}:disable`]: turn(account404, true, 'DisableServiceAccount'),
    [`POST ${base}/{serviceAccountsId}:enable`]: turn(account404, false, 'EnableServiceAccount'),
    [`POST ${base}/{serviceAccountsId}:getIamPolicy`]: (asked) => ({
      status: 200,
      body: { bindings: world.policies.get(asked.params.serviceAccountsId!) ?? [] },
    }),
    [`GET ${base}/{serviceAccountsId}/keys`]: (asked) => {
      const wanted = asked.query.getAll('keyTypes');
      const found = [...world.keys.values()].filter(
        (one) =>
          one.email === asked.params.serviceAccountsId &&
          (wanted.length === 0 || wanted.includes(one.system ? 'SYSTEM_MANAGED' : 'USER_MANAGED')),
      );
      return { status: 200, body: { keys: found.map(key) } };
    },
    [`POST ${base}/{serviceAccountsId}/keys`]: (asked) => {
      const { email } = account404(asked) ?? {};
      if (!email) return missing;
      if ([...world.keys.values()].filter((one) => one.email === email && !one.system).length >= 10)
        return error(429, 'RESOURCE_EXHAUSTED');
      const id = randomBytes(20).toString('hex');
      const file = world.makeKey(email, id);
      const made = world.keys.get(id)!;
      made.madeAt = new Date().toISOString().replace(/\.\d+Z/, 'Z');
      logged(world, 'CreateServiceAccountKey', email);
      const data = {
        privateKeyType: 'TYPE_GOOGLE_CREDENTIALS_FILE',
        privateKeyData: Buffer.from(file).toString('base64'),
      };
      return { status: 200, body: { ...key(made), ...data } };
    },
    [`DELETE ${base}/{serviceAccountsId}/keys/{keysId}`]: (asked) =>
      key404(asked) && world.keys.delete(asked.params.keysId!) ? { status: 200, body: {} } : missing,
    [`GET ${base}/{serviceAccountsId}/keys/{keysId}`]: (asked) =>
      key404(asked) ? { status: 200, body: key(key404(asked)!) } : missing,
    [`POST ${base}/{serviceAccountsId}/keys/{keysId}:disable`]: turn(key404, true, 'DisableServiceAccountKey'),
    [`POST ${base}/{serviceAccountsId}/keys/{keysId}:enable`]: turn(key404, false, 'EnableServiceAccountKey'),
  };
}

function logged(world: GoogleWorld, methodName: string, email: string): void {
  world.entries.push({
    insertId: `e${world.entries.length}`,
    logName: `projects/${PROJECT}/logs/cloudaudit.googleapis.com%2Factivity`,
    timestamp: new Date().toISOString(),
    resource: { type: 'service_account', labels: { email_id: email, project_id: PROJECT } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      methodName,
      authenticationInfo: { principalEmail: email },
    },
  });
}

function projectAnswers(world: GoogleWorld): Answers {
  return {
    'POST /v3/projects/{projectsId}:getIamPolicy': () => ({
      status: 200,
      body: { bindings: world.policies.get(PROJECT) ?? [] },
    }),
    'POST /v3/projects/{projectsId}:testIamPermissions': (asked) => {
      const wanted = (asked.body as { permissions: string[] }).permissions;
      const found = wanted.filter((one) => world.permissions.has(one));
      return { status: 200, body: found.length ? { permissions: found } : {} };
    },
    'POST /v2/entries:list': (asked) => {
      const { filter, orderBy, pageSize, pageToken } = asked.body as Record<string, string> & { pageSize: number };
      const from = Date.parse(/timestamp>="([^"]+)"/.exec(filter ?? '')?.[1] ?? '1970-01-01T00:00:00Z');
      const method = /methodName=~"([^"]+)"/.exec(filter ?? '')?.[1] ?? '';
      const about = /AND "([^"]+)"$/.exec(filter ?? '')?.[1] ?? '';
      const all = world.entries.filter((one) => {
        const text = JSON.stringify(one);
        return Date.parse(`${one.timestamp}`) >= from && text.includes(method) && text.includes(about);
      });
      if (orderBy?.endsWith('desc')) all.reverse();
      const start = Number(pageToken ?? 0);
      const next = start + pageSize < all.length ? { nextPageToken: `${start + pageSize}` } : {};
      return { status: 200, body: { entries: all.slice(start, start + pageSize), ...next } };
    },
  };
}

const keyFile = (world: GoogleWorld, email: string, id: string, key: KeyObject): string =>
  JSON.stringify({
    type: 'service_account',
    client_email: email,
    private_key_id: id,
    private_key: key.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${world.double.url}/token`,
  });

/** By the key that signed and how it and its service account stand, whoever asks. */
async function tokenAnswer(world: GoogleWorld, asked: Asked, own: KeyObject): Promise<Answered> {
  if (world.tokenDown) return { status: world.tokenDown, body: { error: 'internal_failure' } };
  const refused = (said: string): Answered => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: said },
  });
  const { grant_type, assertion } = asked.body as Record<string, string>;
  const kid = decodeProtectedHeader(assertion ?? '').kid ?? '';
  const key = world.keys.get(kid);
  const issuer = kid === 'k1' ? emailOf('braid') : key?.disabled === false ? key.email : '';
  const verified = await jwtVerify(assertion ?? '', key?.public ?? own, {
    issuer,
    audience: `${world.double.url}/token`,
  })
    .then(({ payload }) => `${payload.scope}`.includes('cloud-platform'))
    .catch(() => false);
  if (!issuer || !verified || grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return refused('Invalid JWT Signature.');
  if (world.accounts.get(issuer)?.disabled) return refused('Account has been deleted or disabled.');
  const token = kid === 'k1' ? 'ya29.braid' : `ya29.made.${world.tokens.size}`;
  world.tokens.set(token, Date.now() + 3_599_000);
  return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
}

export async function startGoogle(permissions: string[]): Promise<GoogleWorld> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const world: GoogleWorld = {
    double: undefined as unknown as Double,
    credential: '',
    accounts: new Map(),
    keys: new Map(),
    policies: new Map(),
    permissions: new Set(permissions),
    entries: [],
    tokens: new Map(),
    tokenDown: null,
    limited: false,
    subjects: [],
    makeKey(email, id) {
      const made = generateKeyPairSync('rsa', { modulusLength: 2048 });
      world.keys.set(id, { id, email, disabled: false, system: false, public: made.publicKey });
      return keyFile(world, email, id, made.privateKey);
    },
    mint(email, key) {
      const account = world.accounts.get(email);
      if (!account || account.disabled || (key && world.keys.get(key)?.disabled !== false)) return null;
      logged(world, 'GenerateAccessToken', email);
      return `ya29.${email}.${world.entries.length}`;
    },
  };
  world.double = await startDouble({
    description: googleDescription(),
    answers: { ...accountAnswers(world), ...projectAnswers(world) },
    beside: {
      'POST /token': (asked) => tokenAnswer(world, asked, publicKey),
      'POST /tokeninfo': (asked) => {
        const until = world.tokens.get((asked.body as Record<string, string>).access_token!);
        return until && until > Date.now()
          ? { status: 200, body: { expires_in: `${Math.round((until - Date.now()) / 1_000)}` } }
          : { status: 400, body: { error: 'invalid_token', error_description: 'Invalid Value' } };
      },
      'POST /sts/token': (asked) => {
        const { subjectToken, grantType } = asked.body as Record<string, string>;
        if (grantType !== 'urn:ietf:params:oauth:grant-type:token-exchange')
          return { status: 400, body: { error: 'invalid_request' } };
        world.subjects.push(subjectToken!);
        return { status: 200, body: { access_token: 'federated', expires_in: 3599 } };
      },
      'POST /impersonate': (asked) =>
        asked.headers.authorization === 'Bearer federated'
          ? {
              status: 200,
              body: { accessToken: 'ya29.braid', expireTime: new Date(Date.now() + 3_600_000).toISOString() },
            }
          : error(401, 'UNAUTHENTICATED'),
    },
    guard: (asked) => {
      if (asked.headers.authorization !== 'Bearer ya29.braid') return error(401, 'UNAUTHENTICATED');
      return world.limited ? { ...error(429, 'RESOURCE_EXHAUSTED'), headers: { 'retry-after': '3' } } : undefined;
    },
  });
  world.credential = keyFile(world, emailOf('braid'), 'k1', privateKey);
  return world;
}
