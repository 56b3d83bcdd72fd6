import { aws } from '@/lib/connectors/aws/format';
import { entra } from '@/lib/connectors/entra/format';
import { mappedFormat as fromMapping } from '@/lib/connectors/generic/format';
import { github } from '@/lib/connectors/github/format';
import { google } from '@/lib/connectors/google/format';
import { keycloak } from '@/lib/connectors/keycloak/format';
import { kubernetes } from '@/lib/connectors/kubernetes/format';
import { microsoft365 } from '@/lib/connectors/microsoft365/format';
import { ocsf } from '@/lib/connectors/ocsf/format';
import { okta } from '@/lib/connectors/okta/format';
import { otel } from '@/lib/connectors/otel/format';
import { pgbouncer } from '@/lib/connectors/pgbouncer/format';
import { postgres } from '@/lib/connectors/postgres/format';
import { teleport } from '@/lib/connectors/teleport/format';
import { vault } from '@/lib/connectors/vault/format';

import type { LogFormat } from '@/lib/sessions/import-model';

/** Asked in this order whether a file is theirs: those with field names of their own first, neutral ones last. */
const FORMATS: LogFormat[] = [
  aws,
  microsoft365,
  google,
  github,
  kubernetes,
  entra,
  okta,
  pgbouncer,
  vault,
  keycloak,
  postgres,
  teleport,
  otel,
  ocsf,
];

/** Log formats an import can read. */
export const formats = (): readonly LogFormat[] => FORMATS;

/** The format of that name or alias. */
export const formatOf = (name: string): LogFormat | undefined =>
  FORMATS.find((format) => format.name === name || format.aliases.includes(name));

/** The format that a mapping's text defines. Throws `import.unreadable` with what is wrong with it. */
export const mappedFormat = (mapping: string): LogFormat => fromMapping(mapping);
