/**
 * SQL: the ids (`from_id`) of those who go on as an identity, however many merges away, as a sub-query. `root` is an
 * expression of the query around it that gives the identity's id.
 */
export const formerOf = (root: string): string => `(
  with recursive f as (
    select m.from_id from identity_merges m where m.into_id = ${root} and m.undone_at is null
    union select m.from_id from identity_merges m join f on m.into_id = f.from_id where m.undone_at is null)
  select from_id from f)`;
