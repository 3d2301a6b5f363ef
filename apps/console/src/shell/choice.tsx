import { Select } from 'antd';
import { useClear } from './clear.tsx';
import { useWords, type WordKey } from './language.ts';

interface Narrowing<Value> {
  word: WordKey;
  value: Value | undefined;
  choose: (value: Value | undefined) => void;
}

function OneOf<Value extends string>({
  word,
  value,
  choose,
  options,
}: Narrowing<Value> & { options: { value: Value; label: string }[] }) {
  const { say } = useWords();
  const clear = useClear();
  return (
    <Select<Value | null>
      allowClear={clear}
      value={value ?? null}
      onChange={chosen => choose(chosen ?? undefined)}
      placeholder={say(word)}
      aria-label={say(word)}
      options={options}
    />
  );
}

/** Narrows a list down to one of the stored values; left empty, it shows them all. */
export function Choice<Value extends string>({
  values,
  kind,
  ...narrowing
}: Narrowing<Value> & { values: readonly Value[]; kind?: string }) {
  const { called } = useWords();
  return <OneOf {...narrowing} options={values.map(value => ({ value, label: called(value, kind) }))} />;
}

/** Narrows a list down to those of whom something is true, or to the others; left empty, it shows both. */
export function Either({ value, choose, yes, no, word }: Narrowing<boolean> & { yes: WordKey; no: WordKey }) {
  const { say } = useWords();
  return (
    <OneOf<'true' | 'false'>
      word={word}
      value={value === undefined ? undefined : value ? 'true' : 'false'}
      choose={chosen => choose(chosen && chosen === 'true')}
      options={[
        { value: 'true', label: say(yes) },
        { value: 'false', label: say(no) },
      ]}
    />
  );
}
