// Where state can't be asked: allotments, their reports, what is told afterwards, and the keys. Routes only.
import type { Ctx } from '@/lib/access/model';
import { allot } from '@/lib/allotments/allot';
import { report } from '@/lib/allotments/report';
import { jwks } from '@/lib/allotments/sign';
import { tell } from '@/lib/allotments/tell';
import { type Call, readJson, send } from '@/lib/server/pdp-http';

const ONE_BYTES = 256_000;
const MANY_BYTES = 2_000_000;

export function allotmentRoutes(verified: (call: Call) => Promise<Ctx>) {
  const route = (method: 'GET' | 'POST', path: RegExp, name: string, handle: (call: Call) => Promise<void>) => ({
    method,
    path,
    name,
    authzen: false,
    handle,
  });
  return [
    route('POST', /^\/v1\/allotments$/, 'allot', async (call) => {
      const given = await allot(await verified(call), await readJson(call, ONE_BYTES));
      if ('refused' in given) send(call, 200, { allotment: null, ...(given.refused as object) });
      else
        send(call, 201, {
          allotment: { id: given.id, token: given.token, expires_at: given.expiresAt, decision_id: given.decisionId },
        });
    }),
    route('POST', /^\/v1\/allotments\/[0-9a-f-]{36}\/report$/, 'report_allotment', async (call) => {
      const ctx = await verified(call);
      send(call, 200, await report(ctx, call.path.split('/')[3]!, await readJson(call, MANY_BYTES)));
    }),
    route('POST', /^\/v1\/reports$/, 'tell', async (call) => {
      const ctx = await verified(call);
      send(call, 200, await tell(ctx, await readJson(call, MANY_BYTES)));
    }),
    route('GET', /^\/\.well-known\/jwks\.json$/, 'jwks', async (call) =>
      send(call, 200, jwks(), { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': 'max-age=300' }),
    ),
  ];
}
