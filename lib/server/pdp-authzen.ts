// AuthZEN beside the evaluation itself: search, discovery, and access requests. Routes only.
import type { Ctx } from '@/lib/access/model';
import { search } from '@/lib/decisions/search';
import type { Searched } from '@/lib/decisions/search/model';
import { env } from '@/lib/platform/env';
import { BY_BRAID } from '@/lib/policies/obligations-evaluate';
import { allotmentRoutes } from '@/lib/server/pdp-allotments';
import { eventRoutes } from '@/lib/server/pdp-events';
import { type Call, readJson, send } from '@/lib/server/pdp-http';
import { requestRoutes } from '@/lib/server/pdp-requests';
import { taskRoutes } from '@/lib/server/pdp-tasks';

const SEARCH_BYTES = 256_000;

type Verified = (call: Call) => Promise<Ctx>;
interface Route {
  method: 'GET' | 'POST';
  path: RegExp;
  name: string;
  authzen: boolean;
  handle: (call: Call) => Promise<void>;
}

let published: Promise<string> | undefined;

async function publish(): Promise<string> {
  const { contract } = await import('@/lib/server/pdp-openapi');
  return JSON.stringify(await contract(base().href.replace(/\/$/, '')));
}

/** The contract follows from the code and from where this is reached: loaded and made once, when it is first asked for. */
async function openapi(call: Call): Promise<void> {
  published ??= publish();
  send(call, 200, await published, { 'Content-Type': 'application/json' });
}

const base = (): URL => new URL(env().BRAID_PDP_URL);

/** What a PEP finds out by itself. Absent means not supported, so nothing is listed that is not there. */
async function metadata(call: Call): Promise<void> {
  const url = base().href.replace(/\/$/, '');
  const path = base().pathname.replace(/\/$/, '');
  const asked = call.path.slice('/.well-known/authzen-configuration'.length);
  // The identifier a client built this URL from has to be the one it reads here.
  if (asked !== '' && asked !== path) return send(call, 404, 'There is no decision point of that name here.');
  send(call, 200, {
    policy_decision_point: url,
    access_evaluation_endpoint: `${url}/access/v1/evaluation`,
    access_evaluations_endpoint: `${url}/access/v1/evaluations`,
    search_subject_endpoint: `${url}/access/v1/search/subject`,
    search_resource_endpoint: `${url}/access/v1/search/resource`,
    search_action_endpoint: `${url}/access/v1/search/action`,
    access_request_endpoint: `${url}/access/v1/requests`,
    jwks_uri: `${url}/.well-known/jwks.json`,
    capabilities: ['urn:openid:authzen:capability:access-request'],
    // The profile's own, and the two Braid carries out beside: they come with refusals only, so whoever does not know them denies.
    supported_obligations: ['step-up', 'notification', ...BY_BRAID, 'custom'],
  });
}

/** Routes of AuthZEN beside evaluation. `verified` answers who calls, for sure. */
export function authzenRoutes(verified: Verified): Route[] {
  const searching = (what: Searched): Route => ({
    method: 'POST',
    path: new RegExp(`^/access/v1/search/${what}$`),
    name: `search_${what}`,
    authzen: true,
    handle: async (call) => {
      const ctx = await verified(call);
      send(call, 200, await search(ctx, what, await readJson(call, SEARCH_BYTES)));
    },
  });
  return [
    ...requestRoutes(verified),
    ...taskRoutes(verified),
    ...eventRoutes(verified),
    ...allotmentRoutes(verified),
    searching('subject'),
    searching('resource'),
    searching('action'),
    {
      method: 'GET',
      path: /^\/\.well-known\/authzen-configuration(\/.*)?$/,
      name: 'metadata',
      authzen: true,
      handle: metadata,
    },
    { method: 'GET', path: /^\/openapi\.json$/, name: 'openapi', authzen: false, handle: openapi },
  ];
}
