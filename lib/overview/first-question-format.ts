/** What the empty console offers to ask: one payment. Under the example set three of them, each from its own session, pass the account's cap. */
export const FIRST_QUESTION = {
  subject: { type: 'service_account', id: 'svc-payments' },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: '4711' },
  context: { amount: 4000, braid: { session: { id: 'worker-1', region: 'eu-west-1' } } },
};

/** The question as a command that works as pasted (OpenID AuthZEN 1.0). */
export const firstQuestionCurl = (pdpUrl: string, token: string): string =>
  [
    `curl -sS ${pdpUrl}/access/v1/evaluation \\`,
    `  -H 'Authorization: Bearer ${token}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(FIRST_QUESTION)}'`,
  ].join('\n');
