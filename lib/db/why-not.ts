/** Why a database could not be used, for one line of text: what it said itself is told apart from no answer at all. */
export function whyNot(cause: unknown, waitedMs: number): string {
  const { message, code } = cause as { message?: string; code?: string };
  if (code === 'ETIMEDOUT' || /timeout expired|timed? ?out/i.test(message ?? ''))
    return `it did not answer within ${waitedMs / 1000} s`;
  if (code === '57P03') return `it is not ready yet (${message})`;
  if (/^[0-9A-Z]{5}$/.test(code ?? '')) return `it refused: ${message}`;
  return message || code || 'no answer';
}
