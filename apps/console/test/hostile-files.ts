import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate/browser';

export const head = '<?xml version="1.0" encoding="UTF-8"?>';
export const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
export const sheetPath = 'xl/worksheets/sheet1.xml';
export const frame: Readonly<Record<string, string>> = {
  '_rels/.rels': `${head}<Relationships xmlns="${relations}"><Relationship Id="a" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${head}<workbook ${main} xmlns:r="${office}"><sheets><sheet name="a" sheetId="1" r:id="a"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${relations}"><Relationship Id="a" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
};
export const sheetOf = (rows: string, before = '') =>
  `${head}${before}<worksheet ${main} xmlns:r="${office}"><sheetData>${rows}</sheetData></worksheet>`;
export const li = '<row r="1"><c r="A1" t="inlineStr"><is><t>李玉兰</t></is></c></row>';

export type Content = string | Iterable<string>;

/** Packs part by part and piece by piece, so that the spec itself holds no more than the small file. */
export function packed(parts: Iterable<readonly [string, Content]>, stored = false): Buffer {
  const pieces: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece);
  });
  for (const [name, content] of parts) {
    const part = stored ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 1 });
    zip.add(part);
    for (const text of typeof content === 'string' ? [content] : content) part.push(strToU8(text));
    part.push(new Uint8Array(), true);
  }
  zip.end();
  return Buffer.concat(pieces);
}
export const workbook = (sheet: Content, more: Iterable<readonly [string, Content]> = []) =>
  packed([...Object.entries(frame), [sheetPath, sheet], ...more]);

export function* times(count: number, text: string): Generator<string> {
  for (let nth = 0; nth < count; nth += 1) yield text;
}
export const blanks = ' '.repeat(1_000_000);
export function* inflating(megabytes: number): Generator<string> {
  yield sheetOf('').replace('</sheetData></worksheet>', '');
  yield* times(megabytes, blanks);
  yield `${li}</sheetData></worksheet>`;
}

/** The same file, whose directory says something else about the size of a part. */
export function lying(file: Buffer, name: string, size: number): Buffer {
  const changed = Buffer.from(file);
  for (let at = changed.indexOf('PK\x01\x02'); at >= 0; at = changed.indexOf('PK\x01\x02', at + 4))
    if (changed.toString('utf8', at + 46, at + 46 + changed.readUInt16LE(at + 28)) === name) changed.writeUInt32LE(size, at + 24);
  return changed;
}
