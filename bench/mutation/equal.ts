/** Mutants that change nothing anybody could notice: each with the reason why no test can. */
export interface Equal {
  file: string;
  /** The line of the file as it stands, without leading blanks. */
  line: string;
  /** What the mutant puts there. */
  replacement: string;
  why: string;
}

const MEMORY = 'It only remembers less or more: the answer is the same.';
const window = (line: string, replacement: string, why = MEMORY): Equal => ({
  file: 'lib/exposures/window-state.ts',
  line,
  replacement,
  why,
});
const touch = (line: string, replacement: string): Equal => ({
  file: 'lib/policies/touch.ts',
  line,
  replacement,
  why: MEMORY,
});

export const EQUAL: Equal[] = [
  window('if (!format) {', 'true'),
  window('if (last && last.fromMs <= atMs && atMs < last.endMs) return last.endMs;', 'false'),
  window('if (last && last.fromMs <= atMs && atMs < last.endMs) return last.endMs;', 'last.fromMs < atMs'),
  window('if (known.size >= MAX_KNOWN) known.clear();', 'true'),
  window('if (known.size >= MAX_KNOWN) known.clear();', 'false'),
  window('if (known.size >= MAX_KNOWN) known.clear();', 'known.size > MAX_KNOWN'),
  window('if (known.size >= MAX_KNOWN) known.clear();', 'known.size < MAX_KNOWN'),
  window('known.set(calendar, { fromMs: atMs, endMs });', '{}'),
  window(
    'return end > atMs ? end : instantOf(zone, nextWall(period, wall + DAY_MS));',
    'end >= atMs',
    'At the end itself the wall clock shows the next period already.',
  ),
  touch('if (!id) {', 'true'),
  touch('if (plan.ids.size >= MAX_DERIVED) plan.ids.clear();', 'true'),
  touch('if (plan.ids.size >= MAX_DERIVED) plan.ids.clear();', 'false'),
  touch('if (plan.ids.size >= MAX_DERIVED) plan.ids.clear();', 'plan.ids.size > MAX_DERIVED'),
  touch('if (plan.ids.size >= MAX_DERIVED) plan.ids.clear();', 'plan.ids.size < MAX_DERIVED'),
  touch('if (plan.set !== set) return derive(set, meter, key);', 'true'),
  touch('if (!plan) {', 'true'),
  {
    file: 'lib/policies/evaluate.ts',
    line: "verdict.verdict === 'allow'",
    replacement: 'false',
    why: 'What allows names no exposure, so that none is found either.',
  },
  {
    file: 'lib/policies/rules-evaluate.ts',
    line: 'warning: fired || limit.warn.length === 0 ? null : warningAt(limit.warn, asked, max),',
    replacement: 'false',
    why: 'Of no levels none is reached.',
  },
];
