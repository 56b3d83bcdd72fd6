import fs from 'node:fs';
import { HOUSES, type Installation, newHome, OPERATOR, startBraid } from './installation';

/** Lines of the servers' own logs at level error and above, and what is no log line at all but says "Error". */
const isError = (line: string) => /^\{"level":[56]0/.test(line) || /^(?!\{).*\bError\b/.test(line);

/** The installations for the journeys, one after the other as the first builds; the teardown is their Ctrl-C. */
export default async function setup() {
  const started: Installation[] = [];
  for (const house of HOUSES) {
    const home = newHome();
    const braid = await startBraid(home, {
      BRAID_ADMIN_EMAIL: OPERATOR.email,
      BRAID_ADMIN_PASSWORD: OPERATOR.password,
    });
    process.env[`E2E_${house}`] = JSON.stringify({ url: braid.url, pdpUrl: braid.pdpUrl, home });
    started.push(braid);
  }
  return async () => {
    await Promise.all(started.map((braid) => braid.stop()));
    const file = process.env.E2E_SERVER_ERRORS;
    if (file) fs.writeFileSync(file, started.flatMap(({ output }) => output().split('\n').filter(isError)).join('\n'));
    for (const { home, output } of started)
      if (process.env.E2E_KEEP === '1') process.stdout.write(`${output()}\nkept: ${home}\n`);
      else fs.rmSync(home, { recursive: true, force: true });
  };
}
