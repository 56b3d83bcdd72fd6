import type { ActionResult } from '@/lib/http/model';
import type { MappingRow, MappingTrial, SaveMapping, TryMapping } from '@/lib/mappings/model';

/** The server actions the mappings page is given. */
export interface MappingActions {
  save: (input: SaveMapping) => Promise<ActionResult<MappingRow>>;
  retire: (input: { name: string; reason?: string }) => Promise<ActionResult<{ ok: true }>>;
  tryOut: (input: TryMapping) => Promise<ActionResult<MappingTrial>>;
}
