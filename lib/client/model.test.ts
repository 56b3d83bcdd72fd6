// What a caller can say through the client is what the decision point takes: no field is missing, none is made up.
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { Braid } from '@/lib/client/client';
import type { AskOptions, Assurance, Question, SessionContext } from '@/lib/client/model';
import { braidSchema, type evaluationSchema } from '@/lib/decisions/request-model';

type Server = Required<z.input<typeof braidSchema>>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
// tsc fails here when a field of the one has another type in the other.
const session: Same<Required<SessionContext>, Required<NonNullable<Server['session']>>> = true;
const assurance: Same<Required<Assurance>, Required<NonNullable<Server['assurance']>>> = true;
const question: Same<Question, z.input<typeof evaluationSchema>> = true;

const EVERYTHING: Required<SessionContext> = {
  id: 's-1',
  network: '10.0.0.1',
  region: 'eu-west',
  device: 'd-1',
  runtime: 'payments/4.2',
  agent: 'agent-1',
  key: 'key-1',
  tags: ['maintenance'],
  task: 'T-1',
  scope: 'read write',
  posture: 'compliant',
  asn: 'AS64500',
  kind: 'worker',
  label: 'worker 1',
};
const OPTIONS: Required<Omit<AskOptions, 'approval' | 'requestId' | 'signal'>> = {
  session: EVERYTHING,
  credential: { id: 'key-1' },
  assurance: { acr: 'phishing-resistant', at: '2026-11-22T08:00:00Z', amr: ['hwk'] },
  idempotencyKey: 'once',
  dryRun: true,
};

test('every field the decision point takes can be said, and is sent under its name', async () => {
  expect([session, assurance, question]).toEqual([true, true, true]);
  let sent: { context: { braid: Record<string, Record<string, unknown>> } } | undefined;
  const fetch = async (_url: unknown, init?: RequestInit) => {
    sent = JSON.parse(String(init?.body));
    return new Response(JSON.stringify({ decision: true }));
  };
  const asked = { subject: { type: 'a', id: 'b' }, action: { name: 'c' }, resource: { type: 'd', id: 'e' } };
  await new Braid({ url: 'http://pdp', token: 't', fetch: fetch as typeof globalThis.fetch }).evaluate(asked, OPTIONS);
  const { braid } = sent!.context;
  expect(braidSchema.parse(braid)).toEqual(braid);
  expect(Object.keys(braid).sort()).toEqual(Object.keys(braidSchema.shape).sort());
  const parts = { session: braidSchema.shape.session, assurance: braidSchema.shape.assurance };
  for (const [name, schema] of Object.entries(parts))
    expect(Object.keys(braid[name]!).sort()).toEqual(Object.keys(schema.unwrap().shape).sort());
});
