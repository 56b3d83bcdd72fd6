import fs from 'node:fs';
import path from 'node:path';

/** Where `.ci/systems` puts what vendors publish: their own SDKs, unpacked and never run. BRAID_DESCRIPTIONS: elsewhere. */
export function descriptionFolder(name: 'okta' | 'google' | 'microsoft'): string {
  const folder = path.join(
    process.env.BRAID_DESCRIPTIONS ?? path.join(process.cwd(), '.ci/.systems/descriptions'),
    name,
  );
  if (fs.existsSync(folder)) return folder;
  throw new Error(`The description of ${name} is not at ${folder}: run .ci/systems, which fetches it`);
}
