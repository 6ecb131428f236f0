/** What the source says, for the tests that compare documents with it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { adviceByCode } from '../../src/reports/advice.ts';

const src = join(import.meta.dirname, '../../src');

function parse(file: string): ts.SourceFile {
  const text = readFileSync(join(src, file), 'utf8');
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function walk(file: string, look: (node: ts.Node) => void): void {
  const visit = (node: ts.Node): void => {
    look(node);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
}

const sources = () =>
  readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const isCode = (text: string) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(text);

/** Every code that a `Failure` may bear: those the code gives, and those it has advice for. */
export function failureCodes(): Set<string> {
  const codes = new Set(Object.keys(adviceByCode));
  for (const file of sources()) walk(file, (node) => addCodes(node, codes));
  return codes;
}

function addCodes(node: ts.Node, codes: Set<string>): void {
  if (ts.isCallExpression(node) && node.expression.getText() === 'failure') addText(node.arguments[1], codes);
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') addText(node.initializer, codes);
  if (ts.isVariableDeclaration(node) && node.name.getText() === 'connectCodes') addTableCodes(node, codes);
}

/** Of `{ ECONNREFUSED: ['CONNECT_REFUSED', 'nothing listens there'] }` the first of each list. */
function addTableCodes({ initializer }: ts.VariableDeclaration, codes: Set<string>): void {
  if (initializer === undefined || !ts.isObjectLiteralExpression(initializer)) return;
  for (const property of initializer.properties) {
    if (ts.isPropertyAssignment(property) && ts.isArrayLiteralExpression(property.initializer))
      addText(property.initializer.elements[0], codes);
  }
}

function addText(node: ts.Node | undefined, codes: Set<string>): void {
  if (node !== undefined && ts.isStringLiteral(node) && isCode(node.text)) codes.add(node.text);
}

/** The fields of an interface of `types.ts`. */
export function fieldsOf(name: string): string[] {
  const fields: string[] = [];
  walk('types.ts', (node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== name) return;
    fields.push(...node.members.filter(ts.isPropertySignature).map((member) => member.name.getText()));
  });
  if (fields.length === 0) throw new Error(`types.ts has no interface ${name}`);
  return fields;
}

/** The text of every string in the source, a template's fixed parts too. */
export function stringsOf(): { readonly file: string; readonly text: string }[] {
  const strings: { file: string; text: string }[] = [];
  for (const file of sources()) {
    walk(file, (node) => {
      const isText =
        ts.isStringLiteral(node) ||
        ts.isNoSubstitutionTemplateLiteral(node) ||
        ts.isTemplateHead(node) ||
        ts.isTemplateMiddle(node) ||
        ts.isTemplateTail(node);
      if (isText) strings.push({ file, text: node.text });
    });
  }
  return strings;
}
