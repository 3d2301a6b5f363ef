// Writes dist/descriptions.json: the sentence above each command, view and fact class, by class name. OpenAPI and the schemas of
// the feed show it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const described = /\.(commands|views|events)\.ts$/;

const filesUnder = folder =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );

function sentencesOf(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements
    .filter(statement => ts.isClassDeclaration(statement) && statement.name)
    .map(statement => [statement.name.text, ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(statement).at(-1)?.comment)])
    .filter(([, sentence]) => sentence)
    .map(([name, sentence]) => [name, sentence.replaceAll(/\s+/g, ' ').trim()]);
}

/** @throws when two classes of the same name say different things: they would be one schema */
export function describe(root) {
  const sentences = {};
  for (const path of filesUnder(join(root, 'libs'))
    .filter(file => described.test(file))
    .sort()) {
    for (const [name, sentence] of sentencesOf(path)) {
      if (sentences[name] !== undefined) throw new Error(`two classes are called ${name}; the second is in ${path}`);
      sentences[name] = sentence;
    }
  }
  writeFileSync(join(root, 'dist/descriptions.json'), `${JSON.stringify(sentences, null, 1)}\n`);
}
