// Authorization of MCP requests: the mapping of AuthZEN's COAZ-MCP binding, decided by Braid. No SDK is needed.

const DENIED = -32001;
const MAPPING = -32602;
const UNAVAILABLE = -32603;

/** Never asked about: they do nothing to anything. */
const passes = (method) => method === 'ping' || method.startsWith('notifications/');

/** What each method acts on. A method that is not here is denied. */
const RESOURCES = {
  initialize: () => ({ type: 'server', id: 'mcp' }),
  'tools/list': () => ({ type: 'server', id: 'mcp' }),
  'tools/call': (params) => (params?.name ? { type: 'tool', id: params.name } : null),
  'resources/read': (params) => (params?.uri ? { type: 'resource', id: params.uri } : null),
  'prompts/get': (params) => (params?.name ? { type: 'prompt', id: params.name } : null),
};

/** `token`: the verified claims of who calls. Returns an AuthZEN question; throws what is answered instead. */
export function questionOf(message, token) {
  const resource = RESOURCES[message.method]?.(message.params);
  if (!(message.method in RESOURCES)) throw problem(DENIED, `${message.method} is not allowed here`);
  if (!resource || !token?.sub) throw problem(MAPPING, 'The request can not be mapped to a question.');
  return {
    subject: { type: 'identity', id: token.sub },
    action: { name: message.method },
    resource,
    context: {
      ...(token.client_id ? { agent: token.client_id } : {}),
      ...(message.method === 'tools/call' ? { arguments: message.params.arguments ?? {} } : {}),
    },
  };
}

/** How whoever stands behind the token was authenticated, and when. */
const assuranceOf = ({ acr, amr, auth_time: at }) =>
  acr
    ? { acr, ...(amr ? { amr } : {}), ...(at === undefined ? {} : { at: new Date(at * 1000).toISOString() }) }
    : undefined;

export const problem = (code, message, data) => Object.assign(new Error(message), { code, data });

/**
 * Wraps a handler of JSON-RPC messages: it runs only when Braid allows the message, and what was reserved is settled when it
 * resolves and given back when it throws. Everything else fails closed.
 */
export function authorised(braid, handle) {
  return async (message, { token, session }) => {
    if (passes(message.method)) return handle(message);
    const question = questionOf(message, token);
    try {
      return await braid.withReservation(question, () => handle(message), { session, assurance: assuranceOf(token) });
    } catch (error) {
      if (error.name === 'RequestFailed') throw problem(UNAVAILABLE, 'The decision point did not answer.');
      if (error.name !== 'Denied') throw error;
      const { decision } = error;
      if (decision.unavailable) throw problem(UNAVAILABLE, 'The decision point could not be asked.');
      const { reason, decisionId, message: why, verdict, acrValues, maxAge } = decision;
      const wanted =
        verdict === 'step_up' ? { acr_values: acrValues, ...(maxAge === null ? {} : { max_age: maxAge }) } : {};
      throw problem(DENIED, why ?? 'Not allowed', { reason, decision_id: decisionId, ...wanted });
    }
  };
}
