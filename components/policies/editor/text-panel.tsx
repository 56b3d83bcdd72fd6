'use client';

import { SegmentedControl } from '@mantine/core';
import type { Ref } from 'react';
import { CodeEditor, type CodeEditorHandle } from '@/components/policies/editor/code-editor';
import { Compare } from '@/components/policies/editor/compare';
import classes from '@/components/policies/editor/editor.module.css';
import { FixtureFiles } from '@/components/policies/editor/fixture-files';
import type { Editing } from '@/components/policies/editor/use-editing';
import { KeyHint } from '@/components/ui/key-hint';
import { Panel } from '@/components/ui/panel';

export type View = 'edit' | 'compare';

interface TextPanelProps {
  editing: Editing;
  active: { version: number; source: string } | null;
  /** '' = the policies, else a file of fixtures. */
  file: string;
  onFile: (file: string) => void;
  view: View;
  onView: (view: View) => void;
  editor: Ref<CodeEditorHandle>;
}

/** The text: the set or one of its files of fixtures, or the set beside what is active. */
export function TextPanel({ editing, active, file, onFile, view, onView, editor }: TextPanelProps) {
  const { source, tests } = editing;
  const fixtureProblems = (editing.report?.problems ?? []).filter((one) => file !== '' && one.file === file);
  const change = (text: string) =>
    file ? editing.setTests(tests.map((one) => (one.name === file ? { ...one, text } : one))) : editing.setSource(text);
  return (
    <Panel flush>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(next) => onView(next as View)}
          aria-label="View"
          data={[
            { value: 'edit', label: 'Edit' },
            {
              value: 'compare',
              label: active ? `Beside version ${active.version}` : 'Beside nothing',
              disabled: !active,
            },
          ]}
        />
        {view === 'edit' ? (
          <div className={classes.files}>
            <FixtureFiles file={file} onFile={onFile} tests={tests} onTests={editing.setTests} name={editing.name} />
          </div>
        ) : null}
      </div>
      {view === 'edit' ? (
        <CodeEditor
          key={file}
          ref={editor}
          text={file ? (tests.find((one) => one.name === file)?.text ?? '') : source}
          label={file || 'Policies'}
          problems={file ? fixtureProblems : editing.problems}
          onChange={change}
          onSave={() => void editing.save()}
          onRun={() => void editing.test()}
        />
      ) : (
        <Compare
          before={active?.source ?? ''}
          after={source}
          beforeLabel={`Version ${active?.version}, active`}
          afterLabel="This draft"
        />
      )}
      <div className={classes.foot}>
        <Keys keys="Ctrl S" does="save draft" />
        <Keys keys="Ctrl Enter" does="run tests" />
        <Keys keys="F8" does="next problem" />
        <Keys keys="Esc Tab" does="leave the text" />
      </div>
    </Panel>
  );
}

const Keys = ({ keys, does }: { keys: string; does: string }) => (
  <span>
    <KeyHint keys={keys} /> {does}
  </span>
);
