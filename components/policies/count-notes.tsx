import { Alert } from '@mantine/core';
import classes from '@/components/policies/policies.module.css';
import { useApi } from '@/components/ui/use-api';

/** What becomes of present counts, before the click: meters that begin anew, and what they hold. */
export function CountNotes({ notes }: { notes: string[] }) {
  if (notes.length === 0) return null;
  return (
    <Alert color="yellow" variant="outline" title="What becomes of present counts">
      <ul className={classes.says}>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Alert>
  );
}

/** The same of a stored version. */
export function CountNotesOf({ name, version }: { name: string; version: number }) {
  const { data, error } = useApi<{ notes: string[] }>(`/policies/${name}/counts`, { version: String(version) });
  if (error) return <p role="note">What becomes of present counts could not be told.</p>;
  return <CountNotes notes={data?.notes ?? []} />;
}
