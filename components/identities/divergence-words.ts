import type { ActivityClass, Divergence } from '@/lib/sessions/model';

const DOES: Record<ActivityClass, string> = {
  read: 'reads',
  change: 'changes',
  approval: 'approves',
  export: 'exports',
  other: 'does other things',
};

/** Below it the sessions do the same, in other amounts. */
const ALIKE = 0.1;

/** "split 0.72: ci-runner reads, curl changes": the busiest session of each class, and how many more there are. */
export function divergenceText({ score, sessions, named }: Divergence): string {
  if (score < ALIKE) return `${sessions} sessions do the same, in other amounts at most`;
  const classes = [...new Set(named.map((one) => one.mostly))];
  const chosen =
    classes.length > 1 ? classes.map((name) => named.find((one) => one.mostly === name)!) : named.slice(0, 2);
  const words = chosen
    .slice(0, 3)
    .map((one) => `${one.label} ${classes.length > 1 ? '' : 'mostly '}${DOES[one.mostly]}`);
  const more = sessions - words.length;
  return `split ${score.toFixed(2)}: ${words.join(', ')}${more > 0 ? `, ${more} more` : ''}`;
}
