// AuthZEN 1.0 conformance of any decision point that has the certification fixture:
//   npx tsx bench/conformance.ts --url http://127.0.0.1:4000 --token brd_… [--level basic|batch|search|discovery] [--json]
import { parseArgs } from 'node:util';
import { LEVELS } from '@/bench/conformance/case';
import { CASES, discover, runCase } from '@/bench/conformance/run';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4000' },
    token: { type: 'string', default: process.env.BRAID_TOKEN ?? '' },
    level: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const target = await discover(values.url, values.token);
const wanted = CASES.filter((one) => !values.level || one.level.startsWith(values.level));
const results: { id: string; level: string; title: string; wrong: string[] }[] = [];
for (const one of wanted) {
  const wrong = await runCase(target, one).catch((error: Error) => [error.message]);
  results.push({ id: one.id, level: one.level, title: one.title, wrong });
}
const failed = results.filter((one) => one.wrong.length > 0);
if (values.json)
  console.log(JSON.stringify({ url: target.url, cases: results.length, failed: failed.length, results }));
else {
  for (const level of LEVELS) {
    const here = results.filter((one) => one.level === level);
    if (!here.length) continue;
    const bad = here.filter((one) => one.wrong.length > 0);
    console.log(`${bad.length ? 'FAIL' : 'pass'}  ${level}: ${here.length - bad.length} of ${here.length}`);
    for (const one of bad) console.log(`      ${one.id} ${one.title}\n        ${one.wrong.join('\n        ')}`);
  }
  console.log(`${results.length - failed.length} of ${results.length} cases hold for ${target.url}`);
}
process.exit(failed.length ? 1 : 0);
