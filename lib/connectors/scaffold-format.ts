// What a new connector's folder holds: it compiles, declares no more than it does, and its suite runs as soon as a double
// or a server stands behind it.

const pascal = (vendor: string): string =>
  vendor
    .split('-')
    .map((part) => `${part[0]!.toUpperCase()}${part.slice(1)}`)
    .join('');
const camel = (vendor: string): string => `${vendor[0]}${pascal(vendor).slice(1)}`;

/** What the folder exports: no word of the language, and nothing its files call something else. */
const exported = (vendor: string): string => `${camel(vendor)}Connector`;

/** As text in the made file, quoted as the rest of it. */
function quoted(text: string): string {
  const said = JSON.stringify(text).slice(1, -1);
  const [single, double] = [text.split("'").length, text.split('"').length];
  return single > double ? `"${said}"` : `'${said.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Imports in the order the linter wants: by what they import from. */
const imports = (lines: string[]): string =>
  [...lines].sort((a, b) => (a.split(' from ')[1]! < b.split(' from ')[1]! ? -1 : 1)).join('\n');

export interface ScaffoldFile {
  /** From the project's root. */
  path: string;
  text: string;
}

const manifest = (vendor: string, title: string): string => `import { z } from 'zod';
import { followFields, type Manifest } from '@/lib/connectors/contract';
import { NETWORK_FIELD, saysYes } from '@/lib/connectors/form-model';

export const configSchema = z.strictObject({
  /** Where it is reached, e.g. https://api.example.org. */
  url: z.url({ protocol: /^https?$/ }).max(500),
  /** Addresses of one's own network may be called. */
  ownNetwork: z.boolean().default(false),
  ...followFields,
});
export type Config = z.infer<typeof configSchema>;
export const secretsSchema = z.strictObject({ token: z.string().min(1, 'is needed').max(4096) });
export type Secrets = z.infer<typeof secretsSchema>;

export const manifest = {
  vendor: '${vendor}',
  title: ${quoted(title)},
  // Among which systems it is offered.
  family: 'other',
  summary: 'What is ended here, and how that is proven, in one line.',
  // A method exists exactly where its capability is declared: else it does not compile. Declare one when the system has been
  // seen to do it.
  capabilities: {
    discover: 'native',
    list: 'none',
    terminateOne: 'none',
    revokeAll: 'none',
    pause: 'none',
    restore: 'none',
    probe: 'none',
    derived: 'none',
    rotate: 'none',
    consents: 'none',
    predict: 'none',
    canary: 'none',
    changes: 'none',
    events: 'none',
    gaps: {},
    granularity: 'identity',
    async: false,
    propagationMs: { p50: 500, max: 5_000 },
    blastRadius: 'What else ends with it.',
    reversible: true,
    needsHeldToken: false,
    observability: 'What of it can be missed.',
  },
  config: configSchema,
  secrets: secretsSchema,
  form: [
    { name: 'url', label: 'Address', secret: false, placeholder: 'https://api.example.org', required: true },
    { name: 'token', label: 'Token', secret: true, required: true },
    NETWORK_FIELD,
  ],
  split: ({ token, url, ownNetwork, pollMs, linkByName }) => ({
    config: {
      url,
      ownNetwork: saysYes(ownNetwork),
      ...(pollMs ? { pollMs } : {}),
      linkByName: linkByName !== 'false',
    },
    secrets: { token },
  }),
  target: (config) => config.url,
} satisfies Manifest<Config, Secrets>;
`;

const client = (): string => `import type { Config, Secrets } from '@/lib/connectors/VENDOR/manifest';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';

export interface Client {
  get(path: string): Promise<unknown>;
}

const WAIT_MS = 10_000;

/** Every call leaves through the address checks. An SDK is loaded here, with \`await import\`, and given this fetch. */
export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const send = outboundFetch({ ownNetwork: config.ownNetwork });
  return {
    async get(path) {
      const answer = await send(new URL(path, config.url), {
        headers: { Authorization: \`Bearer \${secrets.token}\`, Accept: 'application/json' },
        signal: AbortSignal.timeout(WAIT_MS),
      }).catch((cause) => {
        throw new BraidError('connector.unreachable', 'It can’t be reached.', { cause });
      });
      if (answer.status === 429) {
        const retryAfterMs = (Number(answer.headers.get('retry-after')) || 5) * 1_000;
        throw new BraidError('connector.limited', 'It was asked too often.', { detail: { retryAfterMs } });
      }
      if (answer.status === 401 || answer.status === 403)
        throw new BraidError('connector.refused', 'The token is not accepted, or lacks a right.');
      if (!answer.ok) throw new BraidError('connector.unreachable', \`It answered \${answer.status}.\`);
      return answer.json();
    },
  };
}
`;

const normalise = (): string => `import { z } from 'zod';
import type { FoundIdentity } from '@/lib/connectors/contract';

/** Read leniently: what is not needed may be missing or new. */
const accountSchema = z.looseObject({ id: z.string(), name: z.string().optional(), disabled: z.boolean().optional() });
export const accountsSchema = z.array(accountSchema);

/** Pure: the same answer gives the same identity. */
export const toIdentity = (account: z.infer<typeof accountSchema>): FoundIdentity => ({
  externalId: account.id,
  name: account.name ?? account.id,
  kind: 'service_account',
  protected: false,
  enabled: account.disabled !== true,
  credentials: [],
  attributes: {},
});
`;

const connector = (vendor: string): string => `${imports([
  `import { openClient } from '@/lib/connectors/${vendor}/client';`,
  `import { manifest } from '@/lib/connectors/${vendor}/manifest';`,
  `import { accountsSchema, toIdentity } from '@/lib/connectors/${vendor}/normalise';`,
  "import type { Tested } from '@/lib/connectors/contract';",
  "import { BraidError } from '@/lib/platform/errors';",
  "import type { Connector } from '@/lib/connectors/declared';",
])}

const ACCOUNTS = '/accounts';

/** One check for each right, and for one that is missing what grants it, to paste. What can't be reached is no missing right. */
async function testRights(accounts: () => Promise<unknown[]>): Promise<Tested> {
  const check = 'Accounts can be read';
  try {
    const found = await accounts();
    return { ok: true, checks: [{ check, ok: true, detail: \`\${found.length} found.\` }] };
  } catch (error) {
    if (!(error instanceof BraidError) || error.code !== 'connector.refused') throw error;
    const fix = 'Give the token the right to read accounts.';
    return { ok: false, checks: [{ check, ok: false, detail: error.publicMessage, fix }] };
  }
}

export const ${exported(vendor)}: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets) {
    const client = await openClient(config, secrets);
    const accounts = async () => accountsSchema.parse(await client.get(ACCOUNTS));
    return {
      async test() {
        return testRights(accounts);
      },
      async discover() {
        return (await accounts()).map(toIdentity);
      },
      async close() {},
    };
  },
};
`;

const test = (vendor: string): string => `import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
${imports([
  "import { contractSuite } from '@/lib/connectors/contract-test';",
  `import { ${exported(vendor)} } from '@/lib/connectors/${vendor}/connector';`,
  "import { testingNotes } from '@/lib/connectors/testing-notes';",
])}

// Replace the double by the real server as soon as one can be installed (connector.system.test.ts), or drive it by the
// vendor's own description of its API (testing-double.ts): a double that only says what the client happens to ask proves little.
async function double(accounts: unknown[]) {
  const server = http.createServer((asked, answer) => {
    answer.setHeader('Content-Type', 'application/json');
    if (asked.headers.authorization !== 'Bearer t') answer.statusCode = 403;
    answer.end(JSON.stringify(accounts));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = \`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`;
  const config = { url, ownNetwork: true, pollMs: 1_000, linkByName: true };
  const connect = (token: string) =>
    ${exported(vendor)}.connect(config, { token }, { connectorId: 'c', own: null, notes: testingNotes() });
  return { server, connect };
}

test('a right that is missing is named, with what grants it', async () => {
  const { server, connect } = await double([]);
  const tested = await (await connect('another')).test();
  expect(tested).toMatchObject({ ok: false, checks: [{ check: 'Accounts can be read', ok: false }] });
  expect(tested.checks[0]!.fix).toMatch(/right to read accounts/);
  server.close();
});

contractSuite(${exported(vendor)}.manifest, async () => {
  const accounts = [{ id: 'svc', name: 'svc' }];
  const { server, connect } = await double(accounts);
  return {
    connection: await connect('t'),
    system: { kind: 'double', name: 'its accounts, nothing else' },
    identity: 'svc',
    open: async () => undefined,
    remove: () => {
      accounts.length = 0;
    },
    close: async () => {
      server.close();
    },
  };
});
`;

const doc = (vendor: string, title: string): string => `# ${title}

What becomes an identity, what a session; which versions.

**Rights.** The least that is needed, to paste. _Test connection_ names what is missing.

| What | How | Proven by |
| --- | --- | --- |
| Discover | \`GET /accounts\` | – |

**What can be missed.** …

**Gaps.** Which of the fourteen it has, and what the certificate says of them.

**Run against.** A double in \`lib/connectors/${vendor}/connector.test.ts\`.
`;

/** The files of a new connector, and what has to be written where beside them. */
export function scaffoldFiles(vendor: string, title: string): { files: ScaffoldFile[]; register: string[] } {
  const at = `lib/connectors/${vendor}`;
  const files = [
    { path: `${at}/manifest.ts`, text: manifest(vendor, title) },
    { path: `${at}/client.ts`, text: client().replace('VENDOR', vendor) },
    { path: `${at}/normalise.ts`, text: normalise() },
    { path: `${at}/connector.ts`, text: connector(vendor) },
    { path: `${at}/connector.test.ts`, text: test(vendor) },
    { path: `docs/connectors/${vendor}.md`, text: doc(vendor, title) },
  ];
  const name = exported(vendor);
  const register = [
    `lib/connectors/registry.ts: import { ${name} } from '@/lib/connectors/${vendor}/connector'; and ${name}, in MODULES`,
  ];
  return { files, register };
}

/** The page of all connectors with a link to this one's, among the others; as it was, where it has no such list. Pure. */
export function linkedIn(page: string, vendor: string, title: string): string {
  const text = title.replace(/[\\[\]]/g, '\\$&');
  return page.replace(/^(One page per system: .*?)\. /m, (_, list) => `${list} · [${text}](connectors/${vendor}.md). `);
}
