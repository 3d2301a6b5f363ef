import { pinyin } from 'pinyin-pro';

export interface Spelling {
  /** Without tones or blanks: 李玉兰 is `liyulan`. Sorts names as people in China sort them. */
  readonly spelling: string;
  /** First letters: `lyl`. */
  readonly initials: string;
}

const known = new Map<string, Spelling>();

/** How a name is spelled in pinyin; a surname with a reading of its own (单 shàn) is read so. Other letters stay, in lower case. */
export function spellingOf(name: string): Spelling {
  let found = known.get(name);
  if (!found) {
    const syllables = pinyin(name, { toneType: 'none', type: 'array', surname: 'head', nonZh: 'consecutive', v: true });
    const letters = syllables
      .map(syllable => syllable.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
      .filter(syllable => syllable !== '');
    found = { spelling: letters.join(''), initials: letters.map(syllable => syllable[0]).join('') };
    // Names repeat; the memory of them stays small.
    if (known.size > 5_000) known.clear();
    known.set(name, found);
  }
  return found;
}
