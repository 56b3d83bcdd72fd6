import type { Run } from '@/lib/sessions/run-model';

/** Where one run has its page. */
export const runHref = (run: string): string => `/sessions/runs/show?run=${encodeURIComponent(run)}`;

const few = (names: string[], total = names.length): string =>
  total > 2
    ? `${names[0]} and ${total - 1} more`
    : names.length > 1
      ? names.join(' and ')
      : (names[0] ?? 'an unknown identity');

const many = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** What a run's page found, in a sentence. */
export function runSentence({ identities, partsTotal, parts, tools, liveTotal }: Run): string {
  const systems = new Set(parts.map((part) => part.source)).size;
  const did = tools.length > 0 ? ` and ${many(tools.length, 'tool')}` : '';
  const now = liveTotal > 0 ? `${liveTotal} of them live.` : 'all over.';
  return `A run of ${few(identities.map((one) => one.name))} over ${many(systems, 'system')}${did}: ${many(partsTotal, 'session')}, ${now}`;
}

export const whoText = (names: string[], total: number): string => few(names, total);

/** Parts under those they stem from, each level in order of time; `depth` 0 for those that stem from no other part. */
export function chainOf<Part extends { id: string; parentId: string | null }>(
  parts: readonly Part[],
): { part: Part; depth: number }[] {
  const known = new Set(parts.map((part) => part.id));
  const under = new Map<string | null, Part[]>();
  for (const part of parts) {
    const parent = part.parentId && part.parentId !== part.id && known.has(part.parentId) ? part.parentId : null;
    under.set(parent, [...(under.get(parent) ?? []), part]);
  }
  const out: { part: Part; depth: number }[] = [];
  const put = (of: Part[], depth: number): void => {
    for (const part of of) {
      out.push({ part, depth });
      put(under.get(part.id) ?? [], depth + 1);
    }
  };
  put(under.get(null) ?? [], 0);
  // Parts that stem from each other in a circle are told by nobody as a beginning: they follow.
  const shown = new Set(out.map(({ part }) => part.id));
  return [...out, ...parts.filter((part) => !shown.has(part.id)).map((part) => ({ part, depth: 0 }))];
}
