import type { Tested } from '@/lib/connectors/contract';
import { nameOf } from '@/lib/connectors/kubernetes/cluster-normalise';
import type { Deps } from '@/lib/connectors/kubernetes/end';
import type { Config } from '@/lib/connectors/kubernetes/manifest';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

type Check = Tested['checks'][number];

interface Need {
  check: string;
  group: string;
  resource: string;
  verbs: string[];
  /** Where: the whole cluster, or a namespace, or one object in it. */
  namespace?: string;
  name?: string;
}

const rbac = 'rbac.authorization.k8s.io';

const needsOf = (config: Config): Need[] => {
  const canary = nameOf(config.canary ?? '');
  return [
    {
      check: 'Take accounts away and put them back',
      group: '',
      resource: 'serviceaccounts',
      verbs: ['get', 'list', 'create', 'delete'],
    },
    { check: 'See and end pods', group: '', resource: 'pods', verbs: ['list', 'delete'] },
    { check: 'See, end and make token secrets', group: '', resource: 'secrets', verbs: ['list', 'create', 'delete'] },
    { check: 'See who is bound to what', group: rbac, resource: 'rolebindings', verbs: ['list'] },
    { check: 'See who is bound to what in the cluster', group: rbac, resource: 'clusterrolebindings', verbs: ['list'] },
    {
      check: 'Keep what was taken',
      group: '',
      resource: 'configmaps',
      verbs: ['get', 'list', 'create', 'delete'],
      namespace: config.namespace,
    },
    ...(canary
      ? [
          {
            check: 'Make tokens for the canary',
            group: '',
            resource: 'serviceaccounts/token',
            verbs: ['create'],
            namespace: canary.namespace,
            name: canary.name,
          },
        ]
      : []),
  ];
};

const rule = ({ group, resource, verbs, namespace, name }: Need, missing = verbs): string =>
  `${namespace ? `# in a Role of namespace ${namespace}\n` : ''}- apiGroups: ["${group}"]\n  resources: ["${resource}"]\n${
    name ? `  resourceNames: ["${name}"]\n` : ''
  }  verbs: [${missing.map((verb) => `"${verb}"`).join(', ')}]`;

async function asked({ client }: Deps, need: Need, verb: string): Promise<boolean> {
  const [resource, subresource] = need.resource.split('/');
  const answer = await client.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        group: need.group,
        resource,
        verb,
        ...(subresource ? { subresource } : {}),
        ...(need.namespace ? { namespace: need.namespace } : {}),
        ...(need.name ? { name: need.name } : {}),
      },
    },
  });
  return objectOf(answer.body.status).allowed === true;
}

/** What Braid authenticates as; the API server says so itself. */
export async function whoAmI({ client }: Pick<Deps, 'client'>): Promise<string> {
  const answer = await client.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  });
  return textOf(objectOf(objectOf(answer.body.status).userInfo).username, 600) ?? '';
}

export async function standing(deps: Deps, config: Config): Promise<Tested> {
  const version = await deps.client.call('GET', '/version');
  const checks: Check[] = [
    { check: 'Connect', ok: true, detail: `As ${deps.own}, Kubernetes ${textOf(version.body.gitVersion, 60) ?? '?'}.` },
  ];
  for (const need of needsOf(config)) {
    const allowed = await Promise.all(need.verbs.map((verb) => asked(deps, need, verb)));
    const missing = need.verbs.filter((_, i) => !allowed[i]);
    checks.push(
      missing.length
        ? {
            check: need.check,
            ok: false,
            detail: `${missing.join(', ')} of ${need.resource} is missing.`,
            fix: rule(need, missing),
          }
        : { check: need.check, ok: true, detail: `${need.verbs.join(', ')} of ${need.resource}.` },
    );
  }
  return { ok: checks.every((check) => check.ok), checks };
}
