import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { env } from '@/lib/platform/env';
import { newSecret } from '@/lib/platform/ids';
import { complain } from '@/lib/server/commands/run';

const DEMO_EMAIL = 'demo@braid.example';

/** The demo has a home and an operator of its own, whose password is made once and kept beside its data. */
function prepareDemo(): void {
  process.env.BRAID_HOME ??= '.braid-demo';
  const home = path.resolve(process.env.BRAID_HOME);
  const file = path.join(home, 'demo-operator.json');
  fs.mkdirSync(home, { recursive: true });
  if (!fs.existsSync(file)) {
    fs.writeFileSync(file, JSON.stringify({ email: DEMO_EMAIL, password: newSecret(9) }), { mode: 0o600 });
  }
  const { email, password } = JSON.parse(fs.readFileSync(file, 'utf8')) as { email: string; password: string };
  process.env.BRAID_ADMIN_EMAIL ??= email;
  process.env.BRAID_ADMIN_PASSWORD ??= password;
}

export function startCommand(program: Command): void {
  program
    .command('start')
    .description('start everything: database, console, decision point, workers')
    .option('--demo', 'with a live fleet of service accounts that work and misbehave', false)
    .option('--dev', 'with the console rebuilt on every change of its source', false)
    .action(async (options: { demo: boolean; dev: boolean }) => {
      try {
        if (options.demo) prepareDemo();
        env();
        const { start } = await import('@/lib/server/supervisor');
        await start(options);
      } catch (error) {
        complain(error, false);
        process.exit(1);
      }
    });
}
