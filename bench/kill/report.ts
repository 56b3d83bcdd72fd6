import type { KillReport } from '@/bench/kill/run';

const n = (value: number): string => value.toLocaleString('en-US');

/** The report as Markdown: what was done to it, and each claim with what it was looked at over. */
export function reportText(report: KillReport): string {
  const { struck, counts } = report;
  const lines = [
    '# What killing shows',
    '',
    report.ok ? '**Every claim held.**' : '**At least one claim was broken.**',
    '',
    `Three decision points and one PostgreSQL under load, killed at chance instants: ${n(report.kills)} kills, of them ${n(struck.pdp)} of a decision point (\`kill -9\`) and ${n(struck.postgres + struck.backend + struck.immediate)} of PostgreSQL (${n(struck.postgres)} \`kill -9\` of the server, ${n(struck.backend)} of a connection's process, ${n(struck.immediate)} immediate shutdowns); besides, ${n(struck.frozen)} times a decision point was frozen for up to some seconds. ${n(report.answered)} decisions were answered, in ${n(report.seconds)} s (${report.at}, seed ${report.seed}).`,
    '',
    `The callers sent ${n(counts.requests)} requests in ${n(counts.attempts)} attempts, each retried under one idempotency key until it was decided: ${n(counts.repeats)} were asked again later, ${n(counts.hangUps)} were hung up on before the answer, ${n(counts.unavailable)} were answered \`state_unavailable\` and retried. ${n(report.granted)} were allowed; ${n(counts.settled)} holds were settled or released by their callers, the others left to expire.`,
    '',
    '| claim | looked at over | holds |',
    '|---|---:|---|',
    ...report.claims.map((one) => `| ${one.claim} | ${n(one.over)} | ${one.holds ? 'yes' : '**no**'} |`),
    '',
  ];
  for (const one of report.claims.filter((each) => !each.holds)) {
    lines.push(`## Broken: ${one.claim}`, '', ...one.broken.map((each) => `- ${each}`), '');
    if (one.over === 0) lines.push('- there was nothing to look at', '');
  }
  const { machine } = report;
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name} ${value}`);
  lines.push(
    `On ${machine.cores} cores (${machine.cpu}), Node ${machine.node}, PostgreSQL ${machine.postgres} (${settings.join(', ')}). A killed process loses what it had not handed to the system; the loss of power was not tried.`,
    '',
    'To repeat it: `npm run bench kill -- --kills 1000 --postgres 50 --decisions 1000000`.',
    '',
  );
  return lines.join('\n');
}
