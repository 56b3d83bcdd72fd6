import fs from 'node:fs';
import { HOUSES, type Installation, newHome, OPERATOR, startBraid } from './installation';

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
    for (const { home, output } of started)
      if (process.env.E2E_KEEP === '1') process.stdout.write(`${output()}\nkept: ${home}\n`);
      else fs.rmSync(home, { recursive: true, force: true });
  };
}
