import { z } from 'zod';
import { actionSchema, resourceSchema, subjectSchema } from '@/lib/decisions/request-model';

// AuthZEN 1.0 search: which subjects, resources or actions a request would be allowed for. Unknown fields are ignored.

export const SEARCHES = ['subject', 'resource', 'action'] as const;
export type Searched = (typeof SEARCHES)[number];

/** Results of one page at most, and where the caller names no limit. */
export const MAX_PAGE = 200;
export const DEFAULT_PAGE = 100;

const typed = z.object({
  type: z.string().min(1).max(200),
  properties: z.record(z.string().max(200), z.unknown()).optional(),
});
const rest = {
  context: z.record(z.string().max(200), z.unknown()).optional(),
  page: z
    .object({
      token: z.string().max(2000).optional(),
      limit: z.number().int().min(1).optional(),
      properties: z.record(z.string().max(200), z.unknown()).optional(),
    })
    .optional(),
};

/** What is searched for has no id: one that is sent is ignored. An action that is searched for is ignored as a whole. */
export const SEARCH_SCHEMAS = {
  subject: z.object({ subject: typed, action: actionSchema, resource: resourceSchema, ...rest }),
  resource: z.object({ subject: subjectSchema, action: actionSchema, resource: typed, ...rest }),
  action: z.object({ subject: subjectSchema, resource: resourceSchema, ...rest }),
} as const;

/** A question as it was searched with; what is searched for is missing. */
export interface SearchQuestion {
  subject: { type: string; id?: string; properties?: Record<string, unknown> };
  action?: { name: string; properties?: Record<string, unknown> };
  resource: { type: string; id?: string; properties?: Record<string, unknown> };
  context?: Record<string, unknown>;
  page?: { token?: string; limit?: number };
}

export type SearchResult = { type: string; id: string } | { name: string };

export interface SearchAnswer {
  page: { next_token: string; count: number };
  results: SearchResult[];
}
