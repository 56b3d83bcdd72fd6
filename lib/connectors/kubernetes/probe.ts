import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySession, NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { pathOf } from '@/lib/connectors/kubernetes/cluster';
import { federatedAs, nameOf } from '@/lib/connectors/kubernetes/cluster-normalise';
import type { Deps } from '@/lib/connectors/kubernetes/end';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

const BETWEEN_READINGS_MS = 1_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const at = () => clock.now().toISOString();

/** What lives on beside the tokens, and how long by the defaults of who holds it. */
const REMAINS = [
  {
    what: 'answers that kubelets remember',
    why: 'A kubelet asks again for who it is after 2 min, and for what it may do after 5.',
    lastsMs: 5 * MINUTE,
    gap: 'G7' as const,
  },
  {
    what: 'streams it has open: watch, exec, port-forward',
    why: 'They were let in when they were opened. Watches end within the hour, idle streams after 4 h.',
    lastsMs: 240 * MINUTE,
    gap: 'G6' as const,
  },
];
/** The longest a cloud’s token for it lasts: what its webhooks ask for. */
const FEDERATED = { lastsMs: 24 * 60 * MINUTE, gap: 'G2' as const };

async function remains({ cluster }: Deps, externalId: string): Promise<Residual[]> {
  const named = nameOf(externalId);
  const kept = named && (await cluster.keptOf(named.namespace, named.name));
  if (!kept) return [];
  const since = Date.parse(kept.at);
  const clouds = federatedAs(kept.account).map((as) => ({
    what: `tokens it has shown as ${as}`,
    why: 'They are verified by the issuer’s keys; the cluster is not asked.',
    ...FEDERATED,
  }));
  return [...REMAINS, ...clouds]
    .map(({ lastsMs, ...residual }) => ({ ...residual, until: since + lastsMs }))
    .filter(({ until }) => until > clock.ms())
    .map((residual) => ({ ...residual, until: new Date(residual.until).toISOString() }));
}

/** Gone = the account is not there in two readings a second apart: no token of it is made, and none made before is valid. */
export async function probeIdentity(deps: Deps, externalId: string): Promise<Probed> {
  const named = nameOf(externalId);
  const checks: Probed['checks'] = [];
  for (const check of ['account read', 'read again a second later']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const account = named && (await deps.cluster.account(named.namespace, named.name));
    checks.push({ check, saw: account ? `there, uid ${account.uid}` : 'not there', at: at() });
    if (account) return { result: 'alive', detail: 'the account is there', checks, residuals: [] };
  }
  const secrets = named ? (await deps.cluster.carriers(named)).filter((one) => one.kind === 'secret').length : 0;
  checks.push({ check: 'token secrets', saw: `${secrets}`, at: at() });
  const residuals = await remains(deps, externalId);
  return { result: 'gone', detail: 'no such account, read twice: no token of its uid is valid', checks, residuals };
}

export async function probeSession({ cluster }: Deps, session: NativeSession): Promise<Probed> {
  const { namespace, name, uid } = session.native as { namespace: string; name: string; uid: string };
  const kind = session.native.carrier === 'secret' ? ('secret' as const) : ('pod' as const);
  const there = await cluster.carrier(kind, namespace, name);
  const saw = there === uid ? 'still there' : there ? 'another by this name' : 'not there';
  return {
    result: there === uid ? 'alive' : 'gone',
    detail: there === uid ? `the ${kind} is still there` : `the ${kind} is gone, and with it the tokens made for it`,
    checks: [{ check: `${kind} looked up by uid`, saw, at: at() }],
    residuals: [],
  };
}

const SELF = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
/** The shortest Kubernetes gives, seconds. */
const SHORTEST_SECS = 600;

/**
 * Has a token made for the canary and asks who it is; for nobody else, whatever rights Braid has. null: no token is made for
 * it. Errors: `connector.unsupported`.
 */
export async function enterAsCanary(
  { client }: Deps,
  canary: string,
  externalId: string,
): Promise<CanarySession | null> {
  const named = nameOf(canary);
  if (!named || canary !== externalId)
    throw new BraidError('connector.unsupported', `${externalId} is not the canary that the connector names.`);
  const made = await client.call('POST', `${pathOf(named.namespace, 'serviceaccounts', named.name)}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: SHORTEST_SECS },
  });
  const token = textOf(objectOf(made.body.status).token, 8_192);
  if (!token) return null;
  return {
    async alive() {
      const answer = await client.as(token, 'POST', SELF, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'SelfSubjectReview',
      });
      if (answer.status !== 201 && answer.status !== 401)
        throw new BraidError('connector.unreachable', `Kubernetes did not answer the canary: ${answer.said}`);
      return answer.status === 201;
    },
    // It can’t be taken back alone, and ends by itself within ten minutes.
    close: async () => undefined,
  };
}
