import { aws } from '@/lib/connectors/aws/format';
import { entra } from '@/lib/connectors/entra/format';
import { keycloak } from '@/lib/connectors/keycloak/format';
import { okta } from '@/lib/connectors/okta/format';
import { pgbouncer } from '@/lib/connectors/pgbouncer/format';
import { vault } from '@/lib/connectors/vault/format';
import type { LogFormat } from '@/lib/sessions/import-model';

/** Asked in this order whether a file is theirs: those with field names of their own first, neutral ones last. */
const FORMATS: LogFormat[] = [aws, entra, okta, pgbouncer, vault, keycloak];

/** Log formats an import can read. */
export const formats = (): readonly LogFormat[] => FORMATS;

/** The format of that name or alias. */
export const formatOf = (name: string): LogFormat | undefined =>
  FORMATS.find((format) => format.name === name || format.aliases.includes(name));
