import fs from 'node:fs';
import { newHome, OPERATOR, startBraid } from './installation';

/** One installation for the journeys; the teardown is its Ctrl-C. */
export default async function setup() {
  const home = newHome();
  const braid = await startBraid(home, {
    BRAID_ADMIN_EMAIL: OPERATOR.email,
    BRAID_ADMIN_PASSWORD: OPERATOR.password,
  });
  process.env.E2E_URL = braid.url;
  process.env.E2E_PDP_URL = braid.pdpUrl;
  process.env.E2E_HOME = home;
  return async () => {
    await braid.stop();
    if (process.env.E2E_KEEP === '1') process.stdout.write(`${braid.output()}\nkept: ${home}\n`);
    else fs.rmSync(home, { recursive: true, force: true });
  };
}
