import type { Principal } from '@/lib/connectors/aws/account-normalise';
import type { Client } from '@/lib/connectors/aws/client';
import type { Residual } from '@/lib/connectors/contract';
import { BraidError } from '@/lib/platform/errors';

// What a user may come in with beside access keys and a password: SSH public keys and service-specific credentials (Git of
// CodeCommit, Keyspaces, Bedrock), and signing certificates. A denial of everything holds for them too; they are made inactive
// beside it, as far as Braid may.

export interface Other {
  kind: Kind;
  id: string;
  active: boolean;
  /** For people. */
  what: string;
}

interface Listed {
  items: { id: string | undefined; status: string | undefined; of?: string | undefined }[];
  next: string | undefined;
}

/** Every kind has a tag of its own: a tag holds 256 characters. */
const KINDS = {
  ssh: {
    words: 'SSH public key',
    tag: 'braid:blocked-ssh-keys',
    right: 'ListSSHPublicKeys',
    async list({ iam, iamSdk }: Client, user: string, marker?: string): Promise<Listed> {
      const said = await iam.send(new iamSdk.ListSSHPublicKeysCommand({ UserName: user, Marker: marker }));
      const items = (said.SSHPublicKeys ?? []).map((one) => ({ id: one.SSHPublicKeyId, status: one.Status }));
      return { items, next: said.IsTruncated ? said.Marker : undefined };
    },
    set: ({ iam, iamSdk }: Client, user: string, id: string, Status: 'Active' | 'Inactive') =>
      iam.send(new iamSdk.UpdateSSHPublicKeyCommand({ UserName: user, SSHPublicKeyId: id, Status })),
  },
  service: {
    words: 'service-specific credential',
    tag: 'braid:blocked-service-credentials',
    right: 'ListServiceSpecificCredentials',
    async list({ iam, iamSdk }: Client, user: string, marker?: string): Promise<Listed> {
      const said = await iam.send(new iamSdk.ListServiceSpecificCredentialsCommand({ UserName: user, Marker: marker }));
      const items = (said.ServiceSpecificCredentials ?? []).map((one) => ({
        id: one.ServiceSpecificCredentialId,
        status: one.Status,
        of: one.ServiceName,
      }));
      return { items, next: said.IsTruncated ? said.Marker : undefined };
    },
    set: ({ iam, iamSdk }: Client, user: string, id: string, Status: 'Active' | 'Inactive') =>
      iam.send(
        new iamSdk.UpdateServiceSpecificCredentialCommand({ UserName: user, ServiceSpecificCredentialId: id, Status }),
      ),
  },
  certificate: {
    words: 'signing certificate',
    tag: 'braid:blocked-certificates',
    right: 'ListSigningCertificates',
    async list({ iam, iamSdk }: Client, user: string, marker?: string): Promise<Listed> {
      const said = await iam.send(new iamSdk.ListSigningCertificatesCommand({ UserName: user, Marker: marker }));
      const items = (said.Certificates ?? []).map((one) => ({ id: one.CertificateId, status: one.Status }));
      return { items, next: said.IsTruncated ? said.Marker : undefined };
    },
    set: ({ iam, iamSdk }: Client, user: string, id: string, Status: 'Active' | 'Inactive') =>
      iam.send(new iamSdk.UpdateSigningCertificateCommand({ UserName: user, CertificateId: id, Status })),
  },
} as const;
type Kind = keyof typeof KINDS;
const ALL = Object.keys(KINDS) as Kind[];
export const OTHER_TAGS = ALL.map((kind) => KINDS[kind].tag);

export interface Others {
  found: Other[];
  /** What could not be looked at, and why. */
  unseen: { words: string; why: string }[];
}

const SAID = ['connector.refused', 'connector.unreachable'];

/** Says a missing right, or no answer, instead of throwing it: access keys and the denial are ended all the same. */
async function unlessRefused<T>(client: Client, what: string, work: () => Promise<T>): Promise<T | BraidError> {
  try {
    return (await client.ask(what, work)) as T;
  } catch (error) {
    if (error instanceof BraidError && SAID.includes(error.code)) return error;
    throw error;
  }
}

/** Read now. */
export async function othersOf(client: Client, user: string): Promise<Others> {
  const others: Others = { found: [], unseen: [] };
  for (const kind of ALL) {
    const { words, right, list } = KINDS[kind];
    let marker: string | undefined;
    do {
      const page: Listed | BraidError | null = await unlessRefused(client, right, () => list(client, user, marker));
      if (page instanceof BraidError) others.unseen.push({ words: `${words}s`, why: page.publicMessage });
      const here = page instanceof BraidError || !page ? { items: [], next: undefined } : page;
      for (const { id, status, of } of here.items)
        if (id)
          others.found.push({ kind, id, active: status === 'Active', what: `${words} ${id}${of ? ` (${of})` : ''}` });
      marker = here.next;
    } while (marker);
  }
  return others;
}

/** Switches one. null: done; else why it may not. */
export async function setOther(client: Client, user: string, other: Other, active: boolean): Promise<string | null> {
  const { set, right } = KINDS[other.kind];
  const answer = await unlessRefused(client, right.replace('List', 'Update'), () =>
    set(client, user, other.id, active ? 'Active' : 'Inactive'),
  );
  return answer instanceof BraidError ? answer.publicMessage : null;
}

/** Those that Braid made inactive, as the user’s tags remember them. */
export const takenOthers = ({ tags }: Principal): Set<string> =>
  new Set(OTHER_TAGS.flatMap((tag) => (tags[tag] ?? '').split(' ').filter(Boolean)));

/** The tags that remember these beside what was taken before: each to be written before anything is taken. */
export const tagsFor = ({ tags }: Principal, taken: readonly Other[]): { Key: string; Value: string }[] =>
  ALL.flatMap((kind) => {
    const Key = KINDS[kind].tag;
    const before = (tags[Key] ?? '').split(' ').filter(Boolean);
    const ids = [...new Set([...before, ...taken.filter((one) => one.kind === kind).map((one) => one.id)])];
    return ids.length > before.length ? [{ Key, Value: ids.join(' ').slice(0, 256) }] : [];
  });

/** What still stands beside the access keys, and what nobody could look at. */
export const leftOthers = ({ found, unseen }: Others, why: string): Residual[] => [
  ...found.filter((one) => one.active).map((one) => ({ what: one.what.slice(0, 300), why, until: null })),
  ...unseen.map(({ words, why: because }) => ({
    what: `${words} of it`,
    why: `They could not be looked at. ${because}`.slice(0, 500),
    until: null,
  })),
];
