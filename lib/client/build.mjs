// Writes what consumers of `braid/client` load: plain ESM and declarations, from the sources beside it. Run by hand after a
// change (`node lib/client/build.mjs`); a test fails while what is committed is not what the sources say.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const here = import.meta.dirname;
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  isolatedDeclarations: true,
  declaration: true,
  verbatimModuleSyntax: true,
};
const HEAD = '// Made by lib/client/build.mjs from the sources beside this folder.\n';

/** Local imports name the files that are loaded. */
const named = (text) => text.replace(/(from ')(\.\/[\w-]+)(')/g, '$1$2.mjs$3');

/** Everything that is built: file name → text. */
export function build() {
  const made = {};
  for (const file of fs.readdirSync(here)) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.startsWith('testing')) continue;
    const source = named(fs.readFileSync(path.join(here, file), 'utf8'));
    const name = file.slice(0, -3);
    const code = ts.transpileModule(source, { compilerOptions: options, fileName: file });
    const types = ts.transpileDeclaration(source, { compilerOptions: options, fileName: file });
    const wrong = [...(code.diagnostics ?? []), ...(types.diagnostics ?? [])];
    if (wrong.length)
      throw new Error(
        ts.formatDiagnostics(wrong, {
          getCanonicalFileName: (f) => f,
          getCurrentDirectory: () => here,
          getNewLine: () => '\n',
        }),
      );
    made[`${name}.mjs`] = HEAD + code.outputText;
    made[`${name}.d.mts`] = HEAD + types.outputText;
  }
  return made;
}

if (process.argv[1] === import.meta.filename) {
  const out = path.join(here, 'generated');
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out);
  for (const [name, text] of Object.entries(build())) fs.writeFileSync(path.join(out, name), text);
}
