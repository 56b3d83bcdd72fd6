import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Answered, Asked, Double } from '@/lib/connectors/testing-double';

// What an organization’s double keeps, and how it answers from the description.

export interface GitHubWorld {
  double: Double;
  /** Revocations that GitHub has answered and not yet carried out. */
  queue: (() => void)[];
  installations: Map<number, { id: number; app: number; slug: string; suspended: string | null; all: boolean }>;
  grants: Map<number, { id: number; login: string; name: string; ssh: boolean }>;
  keys: Map<number, { id: number; title: string; key: string; readOnly: boolean }>;
  authorizations: Map<number, { id: number; login: string; title: string }>;
  tokens: Set<string>;
  events: Record<string, unknown>[];
  /** Answers every call of an installation with this, once set. */
  limited: Record<string, string> | null;
  /** Asked for every page of a listing: one that it does not allow is answered with a limit of ten minutes. */
  allows: ((page: string) => boolean) | null;
  /** The organization has no single sign-on. */
  withoutSignOn: boolean;
  /** Answers every app that asks for a token with this status, once set. */
  brokenMint: 422 | null;
  /** Makes a token as the app would. null: refused. */
  mint(app: number): string | null;
  /** Is this installation token served? */
  serves(token: string): boolean;
  log(action: string): void;
}

export const ORG = 'acme';
export const REPO = { owner: ORG, name: 'api', full_name: `${ORG}/api` };

export const descriptionOf = (): object =>
  JSON.parse(
    fs.readFileSync(createRequire(import.meta.url).resolve('@octokit/openapi/generated/ghec.json'), 'utf8'),
  ) as object;

export const PERMISSIONS = {
  organization_personal_access_tokens: 'write',
  organization_administration: 'write',
  administration: 'write',
  metadata: 'read',
};

export type Answers = Record<string, (asked: Asked) => Answered>;
export type Installation = { id: number; app: number; slug: string; suspended: string | null; all: boolean };

export interface Kit {
  world: GitHubWorld;
  apps: Record<number, string>;
  minted: Map<string, number>;
  schema(name: string, over: Record<string, unknown>): Record<string, unknown>;
  later(work: () => void): void;
  mintFor(id: number): string;
}

export const bearer = (asked: Asked) => /^(?:bearer|token) (.+)$/i.exec(asked.headers.authorization ?? '')?.[1] ?? null;

export function pages(asked: Asked, items: unknown[]) {
  const size = Number(asked.query.get('per_page') ?? 30);
  const page = Number(asked.query.get('page') ?? 1);
  return items.slice((page - 1) * size, page * size);
}

export const notFound = ({ schema }: Kit): Answered => ({
  status: 404,
  body: schema('basic-error', { message: 'Not Found' }),
});

export const installationBody = ({ schema }: Kit, one: Installation) =>
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
