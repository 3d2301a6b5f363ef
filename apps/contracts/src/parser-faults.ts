import { Parser } from '@asyncapi/parser';

const parser = new Parser();
/** Errors and warnings; what is below is advice, such as that a newer version of AsyncAPI exists. */
const grave = 1;

/** What the parser of AsyncAPI finds wrong with a document. @param text JSON */
export async function parserFaults(text: string): Promise<string[]> {
  const { document, diagnostics } = await parser.parse(text);
  const words = diagnostics
    .filter(({ severity }) => severity <= grave)
    .map(({ code, path, message }) => `docs/asyncapi.json: ${path.join('.')} ${message} (${String(code)})`);
  return document || words.length > 0 ? words : ['docs/asyncapi.json: the parser makes nothing of it'];
}
