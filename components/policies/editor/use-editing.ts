'use client';

import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import type { EditorActions } from '@/components/policies/actions-model';
import type { ActionError } from '@/lib/http/model';
import type { Draft, TestFile } from '@/lib/policies/life-model';
import type { Problem } from '@/lib/policies/model';
import type { TestReport } from '@/lib/policies/test-model';

const CHECK_MS = 350;
const same = (a: { source: string; tests: TestFile[] }, b: typeof a): boolean =>
  a.source === b.source && JSON.stringify(a.tests) === JSON.stringify(b.tests);

/** Everything the editor knows: the text and its fixtures, what is wrong with it, what its tests came to, what is saved. */
export function useEditing(draft: Draft, actions: EditorActions, isNew: boolean) {
  const [text, setText] = useState({ source: draft.source, tests: draft.tests });
  const [saved, setSaved] = useState({ ...text, revision: draft.revision });
  const [checked, setChecked] = useState<{
    source: string;
    problems: Problem[];
    set: string | null;
    notes: string[];
  }>();
  const [report, setReport] = useState<{ of: typeof text; report: TestReport }>();
  const [busy, setBusy] = useState<'save' | 'test' | null>(null);
  const [error, setError] = useState<ActionError>();
  const latest = useRef(text);
  latest.current = text;
  const { source } = text;
  useEffect(() => {
    const timer = setTimeout(async () => {
      const { data, error: failed } = await actions.check({ source });
      if (failed) setError(failed);
      else if (data && latest.current.source === source) setChecked({ source, ...data });
    }, CHECK_MS);
    return () => clearTimeout(timer);
  }, [actions, source]);
  const name = isNew ? (checked?.set ?? draft.name) : draft.name;

  const save = async (): Promise<boolean> => {
    setBusy('save');
    setError(undefined);
    const of = latest.current;
    const { data, error: failed } = await actions.save({
      ...of,
      name,
      baseVersion: draft.baseVersion,
      revision: saved.revision,
    });
    setBusy(null);
    if (failed) {
      setError(failed);
      return false;
    }
    setSaved({ ...of, revision: data!.revision });
    notifications.show({ message: `Draft of ${name} saved. It decides nothing until it is applied.` });
    return true;
  };
  const test = async (): Promise<TestReport | undefined> => {
    setBusy('test');
    setError(undefined);
    const of = latest.current;
    const { data, error: failed } = await actions.test(of);
    setBusy(null);
    if (failed) setError(failed);
    if (data) setReport({ of, report: data });
    return data;
  };
  return {
    ...text,
    name,
    setSource: (next: string) => setText((was) => ({ ...was, source: next })),
    setTests: (tests: TestFile[]) => setText((was) => ({ ...was, tests })),
    problems: checked?.problems ?? [],
    /** What would become of present counts, were it active. */
    notes: checked?.notes ?? [],
    checking: checked?.source !== source,
    dirty: !same(text, saved),
    savedOnce: saved.revision !== null,
    report: report?.report,
    reportStale: report !== undefined && !same(report.of, text),
    busy,
    error,
    save,
    test,
  };
}

export type Editing = ReturnType<typeof useEditing>;
