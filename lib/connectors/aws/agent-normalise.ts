import { agentFamily } from '@/lib/sessions/agent-model';

/** The agent family of a CloudTrail `userAgent`. What a vendor's back end calls itself is none. */
export function agentOf(userAgent: unknown): string | null {
  if (typeof userAgent !== 'string') return null;
  const text = userAgent.replace(/^\[|\]$/g, '').trim();
  if (text === 'AWS Internal' || /\.amazonaws\.com(?:\.cn)?$/.test(text)) return null;
  // A shell inside the console: it runs at AWS, with the console session's own credentials.
  if (/\bexec-env\/CloudShell\b/.test(text)) return 'CloudShell';
  return agentFamily(text);
}
