import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anew,
  idOf,
  nameOf,
  rolesOf,
  toAccount,
  toIdentity,
  toPod,
  toSecret,
  toSession,
} from '@/lib/connectors/kubernetes/cluster-normalise';
import { type Loose, objectOf } from '@/lib/sessions/loose-model';

const loose = fc.object({
  maxDepth: 4,
  values: [fc.anything()],
  key: fc.constantFrom(
    'metadata',
    'name',
    'namespace',
    'uid',
    'annotations',
    'labels',
    'spec',
    'serviceAccountName',
    'status',
    'phase',
    'creationTimestamp',
    'subjects',
    'roleRef',
    'secrets',
    'kubernetes.io/service-account.name',
  ),
});

test('whatever a cluster sends, what goes on has its bounds and a time', () => {
  fc.assert(
    fc.property(loose, fc.array(loose, { maxLength: 3 }), (record, bindings) => {
      const metadata = { name: 'n', namespace: 'ns', uid: 'u', ...objectOf(record.metadata) };
      const given: Loose = { ...record, metadata };
      const account = toAccount(given);
      for (const one of [toPod(given), toSecret(given)]) {
        if (!one) continue;
        const session = toSession(one);
        expect(Number.isFinite(Date.parse(session.startedAt))).toBe(true);
        expect(session.label.length).toBeLessThanOrEqual(200);
        expect(session.key.length).toBeLessThanOrEqual(120);
      }
      if (!account) return;
      const found = toIdentity(account, { own: false, carriers: [], roles: rolesOf(account, bindings.map(objectOf)) });
      expect(found.name.length).toBeLessThanOrEqual(512);
      expect(JSON.stringify(anew(account))).not.toContain('resourceVersion');
    }),
    { numRuns: 500 },
  );
});

test('what is put back is what was there, without what the server adds', () => {
  const own = {
    metadata: {
      name: 'svc',
      namespace: 'ns',
      labels: { a: 'b' },
      annotations: { owner: 'Payments' },
      ownerReferences: [{ uid: 'x' }],
    },
    secrets: [{ name: 's' }],
    imagePullSecrets: [{ name: 'registry' }],
    automountServiceAccountToken: false,
  };
  const added = {
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: '2026-11-22T10:00:00Z',
    managedFields: [],
    generation: 1,
  };
  const account = toAccount({ ...own, metadata: { ...own.metadata, ...added } })!;
  expect(anew(account)).toEqual({ apiVersion: 'v1', kind: 'ServiceAccount', ...own });
});

test('a secret is read by its metadata; a pod that has run its course holds nothing', () => {
  const metadata = { name: 'n', namespace: 'ns', uid: 'u' };
  expect(toSecret({ metadata })).toBeNull();
  expect(toPod({ metadata, spec: { serviceAccountName: 'svc' }, status: { phase: 'Succeeded' } })).toBeNull();
  expect(toPod({ metadata, spec: { serviceAccountName: 'svc' }, status: { phase: 'Running' } })).toMatchObject({
    account: 'svc',
  });
});

test('only accounts that a binding names are bound by it', () => {
  const binding = (subjects: object[]) => ({ metadata: { namespace: 'ns' }, roleRef: { name: 'edit' }, subjects });
  const svc = { namespace: 'ns', name: 'svc' };
  expect(rolesOf(svc, [binding([{ kind: 'ServiceAccount', name: 'svc' }])])).toEqual(['edit']);
  expect(rolesOf(svc, [binding([{ kind: 'ServiceAccount', name: 'svc', namespace: 'other' }])])).toEqual([]);
  expect(rolesOf(svc, [binding([{ kind: 'Group', name: 'system:serviceaccounts' }])])).toEqual([]);
});

test('a name goes to its parts and back, and nothing else is one', () => {
  expect(nameOf(idOf('ns', 'svc.a'))).toEqual({ namespace: 'ns', name: 'svc.a' });
  for (const one of [
    'admin',
    'system:node:a',
    'system:serviceaccount:ns',
    'system:serviceaccount:ns:../x',
    'system:serviceaccount:a/b:c',
  ])
    expect(nameOf(one)).toBeNull();
});
