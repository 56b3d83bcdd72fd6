import { isAutomationName } from '@/lib/connectors/account-model';
import { type Loose, listOf, objectOf, textOf, wordOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Identity = SessionEventInput['identity'];
const KINDS = ['service_account', 'api_key', 'workload', 'oauth_app', 'ai_agent', 'ci_pipeline', 'human'] as const;

/** `user.type_id` of a service, and of the system itself. */
const SERVICE = 4;
const SYSTEM = 3;

/** An ARN where one of the ids is one, else `uid`. */
export function idOf(user: Loose): string | null {
  const ids = [textOf(user.uid, 600), textOf(user.uid_alt, 600)];
  return ids.find((id) => id?.startsWith('arn:')) ?? ids[0] ?? ids[1] ?? null;
}

/** Who acts: `actor.user`, of sign-ins `user`; else the agent, role or application of the actor. */
export function userOf(event: Loose, classUid: number): Loose {
  const actor = objectOf(objectOf(event.actor).user);
  const own = objectOf(event.user);
  const first = classUid === 3002 ? own : actor;
  return Object.keys(first).length > 0 ? first : classUid === 3002 ? actor : classUid === 3003 ? own : actor;
}

const issuerOf = (event: Loose, user: Loose): string => {
  const account = textOf(objectOf(user.account).uid, 100) ?? textOf(objectOf(objectOf(event.cloud).account).uid, 100);
  const product = objectOf(objectOf(event.metadata).product);
  const provider =
    textOf(objectOf(event.cloud).provider, 60) ??
    textOf(product.vendor_name, 60) ??
    textOf(product.name, 60) ??
    'unknown';
  return `ocsf:${provider.toLowerCase()}${account ? `:${account}` : ''}`;
};

export function identityOf(event: Loose, classUid: number): Identity | null {
  const own = objectOf(objectOf(objectOf(event.unmapped).braid).identity);
  const kind = KINDS.find((each) => each === own.kind);
  const [issuer, type, externalId] = [textOf(own.issuer, 200), textOf(own.type, 100), textOf(own.externalId, 2048)];
  const user = userOf(event, classUid);
  const actor = objectOf(event.actor);
  const name = textOf(user.name, 300) ?? textOf(user.email_addr, 300);
  if (kind && issuer && type && externalId)
    return { issuer, type, externalId, name: name ?? externalId.slice(0, 512), kind };
  const agent = objectOf(actor.ai_agent ?? event.ai_agent);
  const space = issuerOf(event, user);
  const agentId = textOf(agent.uid, 600) ?? textOf(agent.name, 300);
  if (agentId)
    return {
      issuer: space,
      type: 'ai_agent',
      externalId: agentId,
      name: textOf(agent.name, 300) ?? agentId,
      kind: 'ai_agent',
    };
  const role = user.type === 'AssumedRole' ? textOf(objectOf(actor.session).issuer, 600) : null;
  if (role?.startsWith('arn:')) {
    return { issuer: space, type: 'AssumedRole', externalId: role, name: role.split('/').at(-1)!, kind: 'workload' };
  }
  const uid = idOf(user) ?? name;
  if (uid)
    return {
      issuer: space,
      type: wordOf(user.type, 60) ?? 'user',
      externalId: uid,
      name: name ?? uid,
      kind: kindOf(user, name),
    };
  const app = textOf(actor.app_uid, 600) ?? textOf(actor.app_name, 300);
  return app
    ? {
        issuer: space,
        type: 'application',
        externalId: app,
        name: textOf(actor.app_name, 300) ?? app,
        kind: 'oauth_app',
      }
    : null;
}

function kindOf(user: Loose, name: string | null): Identity['kind'] {
  if (/^(?:IAMUser|Service|ServiceAccount|ServicePrincipal|Application)$/i.test(textOf(user.type, 40) ?? ''))
    return 'service_account';
  if (user.type === 'AWSService') return 'workload';
  if (user.type_id === SERVICE || listOf(user.programmatic_credentials).length > 0) return 'service_account';
  if (user.type_id === SYSTEM || objectOf(user.account).type_id === 4) return 'workload';
  return isAutomationName(name) ? 'service_account' : 'human';
}
