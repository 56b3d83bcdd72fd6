// Middleware for Express, Connect and anything else that calls (request, response, next). No framework is needed.

/**
 * Lets a request through only when Braid allows it, and tells Braid what became of it: what was reserved is settled when the
 * answer went out with a status below 400, and given back otherwise.
 * `questionOf(request)` says what is asked; null or undefined: nothing is, and the request is refused.
 */
export function guard(braid, questionOf, { amountOf } = {}) {
  return async (request, response, next) => {
    let decision;
    try {
      const question = await questionOf(request);
      if (!question) return refuse(response, 403, { reason: 'not_mapped' });
      const { session, assurance, ...asked } = question;
      decision = await braid.evaluate(asked, { session, assurance });
    } catch (error) {
      return next(error);
    }
    if (!decision.allowed) return refuse(response, decision.verdict === 'step_up' ? 401 : 403, decision);
    request.braid = decision;
    if (decision.holdId) closeAfter(braid, decision.holdId, response, () => amountOf?.(request));
    next();
  };
}

/** What stronger authentication would open says which and how fresh, as RFC 9470 does: the caller comes back with it. */
function refuse(response, status, { reason, message = null, decisionId = null, acrValues = [], maxAge = null }) {
  if (status === 401) {
    const wants = [`acr_values="${acrValues.join(' ')}"`, ...(maxAge === null ? [] : [`max_age=${maxAge}`])];
    response.setHeader('WWW-Authenticate', `Bearer error="insufficient_user_authentication", ${wants.join(', ')}`);
  }
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/problem+json');
  response.end(JSON.stringify({ title: message ?? 'Not allowed', status, reason, decisionId }));
}

/** A hold that could be neither settled nor given back ends by itself, as its meter says. */
function closeAfter(braid, holdId, response, actual) {
  let closed = false;
  const close = (done) => {
    if (closed) return;
    closed = true;
    const amount = done ? actual() : undefined;
    const told = done ? braid.settle(holdId, amount === undefined ? {} : { amount }) : braid.release(holdId);
    told.catch((error) => console.error(`hold ${holdId}: ${error.message}`));
  };
  response.once('finish', () => close(response.statusCode < 400));
  response.once('close', () => close(false)); // went away before the answer was out
}
