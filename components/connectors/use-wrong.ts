import { useState } from 'react';
import type { ConnectorActions, FormField } from '@/lib/connectors/model';

type Refused = NonNullable<Awaited<ReturnType<ConnectorActions['create']>>['error']>;

/** By field, as a sentence of its own; of several in one field the first. What no field is called stays above the buttons. */
function wrongOf(errors: NonNullable<Refused['errors']>, form: FormField[]): Record<string, string> {
  const known = new Set(['name', ...form.map((one) => one.name)]);
  const own = errors.filter((one) => known.has(one.path)).reverse();
  return Object.fromEntries(own.map(({ path, message }) => [path, `${message[0]!.toUpperCase()}${message.slice(1)}.`]));
}

/** What is wrong with a connector's form, at the fields themselves and as a whole. */
export function useWrong(form: FormField[], editing: boolean) {
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [error, setError] = useState<string>();
  return {
    wrong,
    error,
    /** It is typed in anew. */
    clear: (field: string) => setWrong(({ [field]: _, ...others }) => others),
    /** What the server said; undefined: nothing is wrong. */
    refuse: (said: Refused | undefined) => {
      setWrong(wrongOf(said?.errors ?? [], form));
      setError(said?.message);
    },
    /** Marks what is needed and empty, and whether there is any. A stored secret may be left empty. `name`: it is needed too. */
    missing: (values: Record<string, string>, name?: string): boolean => {
      const needed = form.filter((one) => one.required && !one.options && !(editing && one.secret));
      const empty = needed.filter((one) => !values[one.name]?.trim()).map((one) => one.name);
      const all = name?.trim() === '' ? ['name', ...empty] : empty;
      setWrong(Object.fromEntries(all.map((one) => [one, 'Is needed.'])));
      setError(all.length ? 'What is marked is needed.' : undefined);
      return all.length > 0;
    },
  };
}
