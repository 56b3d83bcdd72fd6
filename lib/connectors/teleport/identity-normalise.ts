import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Identity = SessionEventInput['identity'];

const PIPELINE = /^(?:github|gitlab|circleci|spacelift|terraform_cloud|bitbucket|azure_devops|env0)$/;
const WORKLOAD = /^(?:kubernetes|iam|ec2|gcp|azure|tpm|oracle)$/;
const BOT = 2;
const SYSTEM = 3;

export const issuerOf = (event: Loose): string => `teleport:${textOf(event.cluster_name, 150) ?? 'unknown'}`;

/** A certificate's owner stands in `identity`; everything else says `user`. */
const ownerOf = (event: Loose): Loose => {
  const identity = objectOf(event.identity);
  return Object.keys(identity).length > 0 ? { ...event, ...identity } : event;
};

/**
 * Who did it: a bot by its name (all its instances are one identity), a person, or a part of the cluster itself. Requests
 * and reviews are their author's: `reviewer` or `updated_by`, else `user`. null: it names nobody.
 */
export function identityOf(event: Loose): Identity | null {
  const owner = ownerOf(event);
  const issuer = issuerOf(event);
  const bot = botOf(event);
  if (bot) {
    const method = textOf(event.method, 40) ?? '';
    const kind = PIPELINE.test(method) ? 'ci_pipeline' : WORKLOAD.test(method) ? 'workload' : 'service_account';
    return { issuer, type: 'bot', externalId: bot, name: bot, kind };
  }
  const by = textOf(event.reviewer, 300) ?? textOf(event.updated_by, 300);
  const user = (/^access_request\./.test(String(event.event)) ? by : null) ?? textOf(owner.user, 300) ?? by;
  if (!user) return null;
  const system = owner.user_kind === SYSTEM || owner.user_kind === 'system' || /^[0-9a-f-]{36}\./.test(user);
  return {
    issuer,
    type: system ? 'system' : 'user',
    externalId: user,
    name: user,
    kind: system ? 'workload' : 'human',
  };
}

export function botOf(event: Loose): string | null {
  const owner = ownerOf(event);
  const bot = textOf(owner.bot_name, 300);
  if (bot) return bot;
  const user = textOf(owner.user, 300);
  return user?.startsWith('bot-') &&
    (owner.user_kind === BOT || owner.user_kind === 'bot' || owner.user_kind === undefined)
    ? user.slice(4)
    : null;
}

export const instanceOf = (event: Loose): string | null => textOf(ownerOf(event).bot_instance_id, 100);
