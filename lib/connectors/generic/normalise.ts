import { createHash } from 'node:crypto';
import { type Field, type Mapping, PHASES } from '@/lib/connectors/generic/mapping-model';
import { agentFamily } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { objectOf, saying, wordOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readNetwork } from '@/lib/sessions/network-model';
import { readInstant } from '@/lib/sessions/time-model';
import { hashToken } from '@/lib/sessions/token-model';

const VALUE_MOST = 2000;
const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/** `a.b[0]["odd name"]` in its parts. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const [, quoted, index, plain] of path.matchAll(/\["([^"]+)"\]|\[(\d{1,4})\]|([^.[\]]+)/g))
    parts.push(quoted ?? index ?? plain!);
  return parts;
}

function at(record: unknown, path: string): unknown {
  // A name with dots in it stands before the parts of a path: flattened records have `user.id` as one name.
  if (Object.hasOwn(objectOf(record), path)) return objectOf(record)[path];
  let value: unknown = record;
  for (const part of partsOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

const said = (record: unknown, path: string): string | null => wordOf(at(record, path), VALUE_MOST);

/** What a field says of a record; of several paths the first that says something, or with `join` all that do. */
function read(record: unknown, field: Field | undefined, join?: string): string | null {
  if (field === undefined) return null;
  if (typeof field === 'string') return said(record, field);
  const found = field.value ?? (field.path ? said(record, field.path) : readSeveral(record, field.paths ?? [], join));
  const meant = found === null ? null : field.values ? (field.values[found] ?? field.values['*'] ?? null) : found;
  const value = meant ?? field.default ?? null;
  return value !== null && field.hash ? hashToken(value) : value;
}

function readSeveral(record: unknown, paths: string[], join: string | undefined): string | null {
  const all = paths.map((path) => said(record, path));
  if (join === undefined) return all.find((each) => each !== null) ?? null;
  return all.every((each) => each === null) ? null : all.map((each) => each ?? '-').join(join);
}

/** One record as its mapping says. What the mapping needs and the record lacks is the reason it is refused for. */
export function normaliseBy(mapping: Mapping, record: unknown): Normalised {
  if (Object.keys(objectOf(record)).length === 0) return rejected('is no JSON object');
  for (const { path, in: wanted, not } of mapping.only ?? []) {
    const value = said(record, path);
    if ((value !== null && wanted.includes(value)) === Boolean(not)) return { kind: 'skipped' };
  }
  const when = readInstant(at(record, mapping.time.path), mapping.time.zone);
  if (!when) return rejected(`has no time that can be read in ${mapping.time.path}`);
  const externalId = read(record, mapping.identity.id, ' ');
  if (!externalId) return rejected(`says nobody: ${nameOf(mapping.identity.id)} is empty`);
  const action = read(record, mapping.action, ' ');
  if (!action) return rejected(`says nothing was done: ${nameOf(mapping.action)} is empty`);
  const network = readNetwork(read(record, mapping.network));
  const failure = mapping.outcome ? said(record, mapping.outcome.path) : null;
  return {
    kind: 'event',
    event: {
      source: mapping.name,
      eventId: (read(record, mapping.id, ' ') ?? digestOf(record)).slice(0, 512),
      at: when,
      identity: identityOf(mapping, record, externalId),
      session: sessionOf(mapping, record, network.address),
      credential: credentialOf(mapping, record),
      action: action.slice(0, 200),
      class: classOf(mapping, record),
      outcome: failure !== null && mapping.outcome!.failure.includes(failure) ? 'failure' : 'success',
      network: network.address,
      region: read(record, mapping.region)?.slice(0, 64) ?? null,
      agent: agentFamily(read(record, mapping.agent)),
      resource: read(record, mapping.resource, ' ')?.slice(0, 1024) ?? null,
      attributes: attributesOf(mapping, record, network.refused),
      ...toldOf(mapping, record),
    },
  };
}

const nameOf = (field: Field): string =>
  typeof field === 'string' ? field : (field.path ?? field.paths?.join(', ') ?? 'its value');

/** A record without an id is known again by what stands in it. */
const digestOf = (record: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(record)).digest('hex')}`;

function identityOf(
  { name: source, identity }: Mapping,
  record: unknown,
  externalId: string,
): SessionEventInput['identity'] {
  const { kind } = identity;
  const found = typeof kind === 'string' ? null : said(record, kind.path);
  return {
    issuer: (read(record, identity.issuer) ?? source).slice(0, 200),
    type: (read(record, identity.type) ?? 'account').slice(0, 100),
    externalId,
    name: (read(record, identity.name) ?? externalId).slice(0, 512),
    kind: typeof kind === 'string' ? kind : ((found === null ? undefined : kind.values[found]) ?? kind.default),
  };
}

function sessionOf({ session }: Mapping, record: unknown, network: string | null): SessionEventInput['session'] {
  const key = session ? read(record, session.key, ' ') : null;
  if (!session || !key) return null;
  const word = session.phase ? said(record, session.phase.path) : null;
  const phase = word === null ? undefined : PHASES.find((each) => each === session.phase?.values[word]);
  return {
    key,
    kind: session.kind,
    label: (read(record, session.label) ?? `${session.kind} · ${network ?? 'no address'}`).slice(0, 200),
    phase: phase ?? 'seen',
    gapSecs: session.gap_secs,
    observedBy: session.observed_by,
  };
}

function credentialOf({ credential }: Mapping, record: unknown): SessionEventInput['credential'] {
  const id = credential ? read(record, credential.id, ' ') : null;
  return credential && id ? { externalId: id.slice(0, 512), kind: credential.kind } : null;
}

function classOf({ class: given }: Mapping, record: unknown): SessionEventInput['class'] {
  const word = given.path ? said(record, given.path) : null;
  return (word === null ? undefined : given.values?.[word]) ?? given.default;
}

const attributesOf = ({ attributes = {} }: Mapping, record: unknown, refused: string | null) =>
  saying({
    ...Object.fromEntries(Object.entries(attributes).map(([name, field]) => [name, read(record, field)])),
    sourceAddress: refused,
  });

function toldOf(mapping: Mapping, record: unknown): Partial<SessionEventInput> {
  const { parent } = mapping;
  const [key, credential] = [read(record, parent?.key, ' '), read(record, parent?.credential, ' ')];
  const told = {
    scope: read(record, mapping.scope)?.slice(0, 1024),
    task: read(record, mapping.task)?.slice(0, 200),
    run: read(record, mapping.run, ' ')?.slice(0, 512),
    trustedAt: readInstant(read(record, mapping.trusted_at), mapping.time.zone) ?? undefined,
    expiresAt: readInstant(read(record, mapping.expires_at), mapping.time.zone) ?? undefined,
    parent:
      parent && (key || credential)
        ? { how: parent.how, ...(key ? { key } : {}), ...(credential ? { credential: credential.slice(0, 512) } : {}) }
        : undefined,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}
